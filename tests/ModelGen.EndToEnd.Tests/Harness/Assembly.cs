// The width of vectors and the number of threads are settings of the process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
