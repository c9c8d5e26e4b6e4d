// Times ONNX Runtime through its C API, so that no binding is measured. Prints the same lines of JSON as time_torch.py.
//   time_onnxruntime LIBONNXRUNTIME.so FOLDER THREADS SECONDS WORKLOAD...
#include <dlfcn.h>
#include <onnxruntime_c_api.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

static const OrtApi* api;

static void check(OrtStatus* status) {
    if (!status) return;
    fprintf(stderr, "%s\n", api->GetErrorMessage(status));
    exit(1);
}

static double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

static void measure(OrtEnv* env, const std::string& folder, const char* name, int threads, double seconds) {
    OrtSessionOptions* options;
    check(api->CreateSessionOptions(&options));
    check(api->SetIntraOpNumThreads(options, threads));
    check(api->SetInterOpNumThreads(options, 1));
    check(api->SetSessionGraphOptimizationLevel(options, ORT_ENABLE_ALL));
    check(api->AddSessionConfigEntry(options, "session.set_denormal_as_zero", "1"));
    OrtSession* session;
    check(api->CreateSession(env, (folder + "/" + name + ".onnx").c_str(), options, &session));

    OrtMemoryInfo* memory;
    check(api->CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, &memory));
    OrtAllocator* allocator;
    check(api->GetAllocatorWithDefaultOptions(&allocator));
    size_t inputCount, outputCount;
    check(api->SessionGetInputCount(session, &inputCount));
    check(api->SessionGetOutputCount(session, &outputCount));
    std::vector<const char*> inputNames(inputCount), outputNames(outputCount);
    std::vector<OrtValue*> inputs(inputCount), outputs(outputCount, nullptr);   // the first run makes the outputs, the others use them again
    std::vector<std::vector<float>> data(inputCount);
    int64_t token = 1;
    for (size_t i = 0; i < inputCount; i++) {
        check(api->SessionGetInputName(session, i, allocator, (char**)&inputNames[i]));
        OrtTypeInfo* type;
        check(api->SessionGetInputTypeInfo(session, i, &type));
        const OrtTensorTypeAndShapeInfo* shape;
        check(api->CastTypeInfoToTensorInfo(type, &shape));
        ONNXTensorElementDataType element;
        check(api->GetTensorElementType(shape, &element));
        size_t rank;
        check(api->GetDimensionsCount(shape, &rank));
        std::vector<int64_t> sizes(rank);
        check(api->GetDimensions(shape, sizes.data(), rank));
        size_t count = 1;
        for (int64_t size : sizes) count *= size;
        data[i].resize(count);
        for (size_t j = 0; j < count; j++) data[i][j] = (j * 7919 % 1000) / 500.0f - 1;
        if (element == ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64) check(api->CreateTensorWithDataAsOrtValue(memory, &token, sizeof token, sizes.data(), rank, element, &inputs[i]));
        else check(api->CreateTensorWithDataAsOrtValue(memory, data[i].data(), count * sizeof(float), sizes.data(), rank, element, &inputs[i]));
    }
    for (size_t i = 0; i < outputCount; i++) check(api->SessionGetOutputName(session, i, allocator, (char**)&outputNames[i]));
    auto run = [&] { check(api->Run(session, nullptr, inputNames.data(), inputs.data(), inputCount, outputNames.data(), outputCount, outputs.data())); };

    int calls = 0;
    double start = now();
    for (; now() - start < std::min(1.0, seconds) || calls < 5; calls++) run();
    int repeat = std::max(1, (int)(1e-3 / ((now() - start) / calls) + 0.5));
    std::vector<double> samples;
    start = now();
    while (now() - start < seconds || samples.size() < 15) {
        double sample = now();
        for (int i = 0; i < repeat; i++) run();
        samples.push_back((now() - sample) / repeat * 1e6);
    }
    std::sort(samples.begin(), samples.end());
    printf("{\"workload\":\"%s\",\"mode\":\"onnxruntime\",\"threads\":%d,\"us\":%.2f,\"min\":%.2f,\"max\":%.2f,\"n\":%zu}\n",
           name, threads, samples[samples.size() / 2], samples.front(), samples.back(), samples.size());
    fflush(stdout);
}

int main(int argc, char** argv) {
    void* library = dlopen(argv[1], RTLD_NOW);
    if (!library) {
        fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    api = ((const OrtApiBase* (*)())dlsym(library, "OrtGetApiBase"))()->GetApi(14);
    OrtEnv* env;
    check(api->CreateEnv(ORT_LOGGING_LEVEL_ERROR, "benchmark", &env));
    for (int i = 5; i < argc; i++) measure(env, argv[2], argv[i], atoi(argv[3]), atof(argv[4]));
}
