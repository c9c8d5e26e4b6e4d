// Lesson 3: 60,000 images of clothes, and a choice of networks.
using System.CommandLine;
using FashionMnist;

var model = new Option<string>("--model") { Description = "The network: mlp, cnn or lenet.", DefaultValueFactory = _ => "cnn" };
model.AcceptOnlyFromAmong(Classifier.Names);
var data = new Option<DirectoryInfo>("--data") { Description = "The folder with the four IDX files, as .gz or unpacked.", DefaultValueFactory = _ => new DirectoryInfo(FashionData.DefaultFolder) };
var epochs = new Option<int>("--epochs") { Description = "How many times every training image is seen.", DefaultValueFactory = _ => 5 };
var batch = new Option<int>("--batch") { Description = "Images in one training step.", DefaultValueFactory = _ => 64 };
var seed = new Option<ulong>("--seed") { Description = "Decides the first weights and the order of the images.", DefaultValueFactory = _ => 1 };
var threads = new Option<int>("--threads") { Description = "Threads of a training step; the result does not depend on them.", DefaultValueFactory = _ => ModelGenOptions.Threads };
var json = new Option<FileInfo?>("--json") { Description = "Writes accuracy, loss, train_seconds and epochs to this file." };
epochs.Validators.Add(r => { if (r.GetValueOrDefault<int>() < 1) r.AddError("--epochs must be at least 1."); });
batch.Validators.Add(r => { if (r.GetValueOrDefault<int>() is < 1 or > 60_000) r.AddError("--batch must be between 1 and 60000."); });
threads.Validators.Add(r => { if (r.GetValueOrDefault<int>() is < 1 or > 1024) r.AddError("--threads must be between 1 and 1024."); });

var command = new RootCommand("Trains a network on the 60,000 training images of Fashion-MNIST and tests it on the 10,000 test images.") { model, data, epochs, batch, seed, threads, json };
command.SetAction(options =>
{
    ModelGenOptions.Threads = options.GetValue(threads);
    return Lesson.Run(new Settings(options.GetValue(model)!, options.GetValue(data)!.FullName, options.GetValue(epochs),
        options.GetValue(batch), options.GetValue(seed), options.GetValue(json)));
});
return command.Parse(args).Invoke();
