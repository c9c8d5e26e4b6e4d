__kernel __attribute__((reqd_work_group_size(64, 1, 1)))
void CrossEntropySoftmaxSubMul(int N, __global const float* x, __global const int* labels, __global float* y, __global float* y2)
{
    int row = get_global_id(0);
    if (row >= N) return;
    __global const float* xRow = x + row * 10;
    float labelsValue = labels[row];
    __global float* y2Row = y2 + row * 10;
    float div = 1.0f / (float)N;
    float max = -INFINITY;
    for (int c = 0; c < 10; c++)
    {
        max = larger(max, xRow[c]);
    }
    float sum = 0.0f;
    float sum2 = 0.0f;
    for (int c = 0; c < 10; c++)
    {
        float sub2 = xRow[c] - max;
        float mask = ((labelsValue == (float)c ? 1.0f : 0.0f) > 0.0f ? sub2 : 0.0f);
        sum += exp(sub2);
        sum2 += mask;
    }
    float logValue = log(sum);
    float sub = logValue - sum2;
    for (int c = 0; c < 10; c++)
    {
        float sub2 = exp(xRow[c] - max) / sum - (labelsValue == (float)c ? 1.0f : 0.0f);
        float dOutput = sub2 * div;
        y2Row[c] = dOutput;
    }
    y[row] = sub;
}
