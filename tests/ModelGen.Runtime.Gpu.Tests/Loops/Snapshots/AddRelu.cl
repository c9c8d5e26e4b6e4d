__kernel __attribute__((reqd_work_group_size(64, 1, 1)))
void AddRelu(int N, __global const float* x, __global const float* bias, __global float* y)
{
    int i = get_global_id(0);
    if (i >= 32 * N) return;
    int row = i / 32, c = i % 32;
    __global const float* xRow = x + row * 32;
    __global float* yRow = y + row * 32;
    yRow[c] = larger(0.0f, xRow[c] + bias[c]);
}
