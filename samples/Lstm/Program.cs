// Lesson 5: a recurrent network reads images of clothes row by row.
using System.CommandLine;
using FashionMnist;
using RowReader;

var data = new Option<DirectoryInfo>("--data") { Description = "The folder with the four IDX files, as .gz or unpacked.", DefaultValueFactory = _ => new DirectoryInfo(FashionData.DefaultFolder) };
var epochs = new Option<int>("--epochs") { Description = "How many times every training image is seen.", DefaultValueFactory = _ => 3 };
var batch = new Option<int>("--batch") { Description = "Images in one training step.", DefaultValueFactory = _ => 64 };
var rate = new Option<double>("--rate") { Description = "The first learning rate; it falls to 0.", DefaultValueFactory = _ => 2e-3 };
var seed = new Option<ulong>("--seed") { Description = "Decides the first weights and the order of the images.", DefaultValueFactory = _ => 1 };
var threads = new Option<int>("--threads") { Description = "Threads of a training step; the result does not depend on them.", DefaultValueFactory = _ => ModelGenOptions.Threads };
var json = new Option<FileInfo?>("--json") { Description = "Writes accuracy, train_seconds and epochs to this file." };
epochs.Validators.Add(r => { if (r.GetValueOrDefault<int>() < 1) r.AddError("--epochs must be at least 1."); });
batch.Validators.Add(r => { if (r.GetValueOrDefault<int>() is < 1 or > 60_000) r.AddError("--batch must be between 1 and 60000."); });
rate.Validators.Add(r => { if (!(r.GetValueOrDefault<double>() >= 0 && double.IsFinite(r.GetValueOrDefault<double>()))) r.AddError("--rate must be a number of at least 0."); });
threads.Validators.Add(r => { if (r.GetValueOrDefault<int>() is < 1 or > 1024) r.AddError("--threads must be between 1 and 1024."); });

var command = new RootCommand("Trains an LSTM on the 60,000 training images of Fashion-MNIST, read row by row, and tests it on the 10,000 test images.") { data, epochs, batch, rate, seed, threads, json };
command.SetAction(options =>
{
    ModelGenOptions.Threads = options.GetValue(threads);
    return Lesson.Run(new Settings(options.GetValue(data)!.FullName, options.GetValue(epochs), options.GetValue(batch), options.GetValue(rate), options.GetValue(seed), options.GetValue(json)));
});
return command.Parse(args).Invoke();
