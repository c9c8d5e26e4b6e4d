namespace ModelGen.Execution.Tests;

[Collection("Teams")]
public unsafe class TeamTests
{
    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(10, 1, 3)]
    [InlineData(10, 4, 3)]
    [InlineData(1000, 64, 7)]
    [InlineData(5, 1, 8)]
    public void Ranges_cover_everything_once(int total, int grain, int count)
    {
        nint next = 0;
        for (int i = 0; i < count; i++)
        {
            new Team(i, count, null).Range(total, grain, out nint from, out nint to);
            Assert.Equal(next, from);
            Assert.True(to >= from && (to == total || to % grain == 0));
            next = to;
        }
        Assert.Equal(total, next);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Every_thread_runs_once_and_barriers_hold(int threads)
    {
        for (int repeat = 0; repeat < 50; repeat++)
        {
            int[] stage = new int[threads];
            bool early = false;
            OnTeam.Run(threads, team =>
            {
                Assert.Equal(threads, team.Count);
                for (int round = 1; round <= 20; round++)
                {
                    stage[team.Index] = round;
                    team.Barrier();
                    for (int other = 0; other < team.Count; other++)
                        if (Volatile.Read(ref stage[other]) < round)
                            early = true;
                    team.Barrier();
                }
            });
            Assert.False(early);
            Assert.All(stage, s => Assert.Equal(20, s));
        }
    }

    [Fact]
    public void A_worker_wakes_after_a_pause()
    {
        for (int i = 0; i < 5; i++)
        {
            int ran = 0;
            OnTeam.Run(3, _ => Interlocked.Increment(ref ran));
            Assert.Equal(3, ran);
            Thread.Sleep(30);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void An_exception_reaches_the_caller_and_frees_the_others(int thrower)
    {
        for (int repeat = 0; repeat < 20; repeat++)
        {
            var thrown = Assert.Throws<InvalidTimeZoneException>(() => OnTeam.Run(3, team =>
            {
                if (team.Index == thrower)
                    throw new InvalidTimeZoneException("mine");
                team.Barrier();
            }));
            Assert.Equal("mine", thrown.Message);
            int ran = 0;
            OnTeam.Run(3, team =>
            {
                team.Barrier();
                Interlocked.Increment(ref ran);
            });
            Assert.Equal(3, ran);
        }
    }

    [Fact]
    public void A_second_caller_runs_alone()
    {
        int inner = 0, size = 0;
        OnTeam.Run(2, team =>
        {
            if (team.Index == 0)
                OnTeam.Run(2, nested =>
                {
                    inner++;
                    size = nested.Count;
                    nested.Barrier();
                });
            team.Barrier();
        });
        Assert.Equal((1, 1), (inner, size));
        int total = 0;
        Parallel.For(0, 200, _ => OnTeam.Run(2, team =>
        {
            team.Barrier();
            if (team.Index == 0)
                Interlocked.Increment(ref total);
        }));
        Assert.Equal(200, total);
    }

    [Fact]
    public void Scratch_is_aligned_grows_and_belongs_to_the_thread()
    {
        nint[] addresses = new nint[3];
        OnTeam.Run(3, team =>
        {
            byte* p = team.Scratch(100);
            p = team.Scratch(1 << 20);
            p[0] = p[(1 << 20) - 1] = (byte)team.Index;
            addresses[team.Index] = (nint)p;
            team.Barrier();
            if (p[0] != team.Index)
                throw new InvalidOperationException("shared");
        });
        Assert.All(addresses, a => Assert.Equal(0, a % 64));
        Assert.Equal(3, addresses.Distinct().Count());
    }

    [Fact]
    public void The_number_of_threads_is_checked()
    {
        int before = ModelGenOptions.Threads;
        Assert.Contains("0", Assert.Throws<ArgumentOutOfRangeException>(() => ModelGenOptions.Threads = 0).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => ModelGenOptions.Threads = 5000);
        Assert.Equal(before, ModelGenOptions.Threads);
        Assert.Throws<ArgumentOutOfRangeException>(() => OnTeam.Run(0, _ => { }));
    }

    [Fact]
    public void A_run_allocates_nothing()
    {
        Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++)
            Run();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        static void Run()
        {
            float* memory = stackalloc float[64];
            WorkerPool.Run(&Body, memory, 2);
        }

        static void Body(void* state, Team team)
        {
            float* m = (float*)state;
            float* c = (float*)team.Scratch(256);
            MatMul.Run<F32x8, float, NoEpilogue>(Team.Single, MatMulShape.Contiguous(4, 4, 4), m, m + 16, c + 16, default);
            team.Barrier();
        }
    }
}
