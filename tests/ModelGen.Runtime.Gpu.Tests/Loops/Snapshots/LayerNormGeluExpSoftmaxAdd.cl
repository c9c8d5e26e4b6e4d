__kernel __attribute__((reqd_work_group_size(128, 1, 1)))
void LayerNormGeluExpSoftmaxAdd(int globalSize, __global const float* x, __global const float* weight, __global const float* bias, __global float* y)
{
    __local float partial[128];
    int row = get_group_id(0), item = get_local_id(0);
    __global const float* xRow = x + row * 100;
    __global float* yRow = y + row * 100;
    float sum = 0.0f;
    for (int c = item; c < 100; c += 128)
    {
        sum += xRow[c];
    }
    sum = sum_of_group(sum, partial, 1);
    float div = sum / 100.0f;
    float sum2 = 0.0f;
    for (int c = item; c < 100; c += 128)
    {
        float sub = xRow[c] - div;
        sum2 += sub * sub;
    }
    sum2 = sum_of_group(sum2, partial, 1);
    float div2 = sum2 / 100.0f;
    float add = div2 + 1E-05f;
    float sqrtValue = sqrt(add);
    float max = -INFINITY;
    for (int c = item; c < 100; c += 128)
    {
        float norm = (xRow[c] - div) / sqrtValue * weight[c] + bias[c];
        max = larger(max, 0.5f * norm * (1.0f + erf(norm * 0.70710677f)));
    }
    max = max_of_group(max, partial, 1);
    float sum3 = 0.0f;
    for (int c = item; c < 100; c += 128)
    {
        float norm = (xRow[c] - div) / sqrtValue * weight[c] + bias[c];
        float expValue = exp(0.5f * norm * (1.0f + erf(norm * 0.70710677f)) - max);
        sum3 += expValue;
    }
    sum3 = sum_of_group(sum3, partial, 1);
    for (int c = item; c < 100; c += 128)
    {
        float norm = (xRow[c] - div) / sqrtValue * weight[c] + bias[c];
        float halfValue = 0.5f * norm * (1.0f + erf(norm * 0.70710677f));
        yRow[c] = exp(halfValue) + exp(halfValue - max) / sum3;
    }
}
