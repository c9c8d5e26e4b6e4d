// Lesson 6: a physics-informed network. It solves the heat equation without any data, and finds the equation's constant from measurements.
using System.CommandLine;
using Pinn;

var steps = new Option<int>("--steps") { Description = "Training steps of each part.", DefaultValueFactory = _ => 4000 };
var points = new Option<int>("--points") { Description = "Points at which a training step looks at the equation.", DefaultValueFactory = _ => 256 };
var rate = new Option<double>("--rate") { Description = "The first learning rate; it falls to 0.", DefaultValueFactory = _ => 1e-2 };
var seed = new Option<ulong>("--seed") { Description = "Decides the first weights, the points and the measurements.", DefaultValueFactory = _ => 1 };
var threads = new Option<int>("--threads") { Description = "Threads of a training step; the result does not depend on them.", DefaultValueFactory = _ => ModelGenOptions.Threads };
var json = new Option<FileInfo?>("--json") { Description = "Writes relative_error, diffusivity and steps to this file." };
steps.Validators.Add(r => { if (r.GetValueOrDefault<int>() < 1) r.AddError("--steps must be at least 1."); });
points.Validators.Add(r => { if (r.GetValueOrDefault<int>() is < 1 or > 1_000_000) r.AddError("--points must be between 1 and 1000000."); });
rate.Validators.Add(r => { if (!(r.GetValueOrDefault<double>() >= 0 && double.IsFinite(r.GetValueOrDefault<double>()))) r.AddError("--rate must be a number of at least 0."); });
threads.Validators.Add(r => { if (r.GetValueOrDefault<int>() is < 1 or > 1024) r.AddError("--threads must be between 1 and 1024."); });

var command = new RootCommand("Solves the heat equation with a network, and finds its constant from measurements.") { steps, points, rate, seed, threads, json };
command.SetAction(options =>
{
    ModelGenOptions.Threads = options.GetValue(threads);
    return Lesson.Run(new Settings(options.GetValue(steps), options.GetValue(points), options.GetValue(rate), options.GetValue(seed), options.GetValue(json)));
});
return command.Parse(args).Invoke();
