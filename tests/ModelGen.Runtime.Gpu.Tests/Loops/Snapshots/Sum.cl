__kernel __attribute__((reqd_work_group_size(256, 1, 1)))
void Sum(int N, __global const float* x, __global float* y)
{
    __local float partial[256];
    int lane = get_local_id(0) / 16;
    int c = get_local_id(0) % 16;
    float sum = 0.0f;
    if (c < 10)
    {
        for (int row = lane; row < N; row += 16)
        {
            __global const float* xRow = x + row * 10;
            sum += xRow[c];
        }
    }
    sum = sum_of_group(sum, partial, 16);
    if (lane == 0 && c < 10)
    {
        y[c] = sum;
    }
}
