// Lesson 2: a small convolutional network that reads handwritten digits. Its forward pass, backward pass and
// training step were generated from DigitNet.cs while this program was built.
using System.CommandLine;
using Digits;

var epochs = new Option<int>("--epochs") { Description = "How many times every training digit is seen.", DefaultValueFactory = _ => 20 };
var seed = new Option<ulong>("--seed") { Description = "Decides the first weights and the order of the digits.", DefaultValueFactory = _ => 1 };
var threads = new Option<int>("--threads") { Description = "Threads of a training step; the result does not depend on them.", DefaultValueFactory = _ => ModelGenOptions.Threads };
var json = new Option<FileInfo?>("--json") { Description = "Writes accuracy, loss, train_seconds and epochs to this file." };
epochs.Validators.Add(r => { if (r.GetValueOrDefault<int>() < 1) r.AddError("--epochs must be at least 1."); });
threads.Validators.Add(r => { if (r.GetValueOrDefault<int>() is < 1 or > 1024) r.AddError("--threads must be between 1 and 1024."); });

var command = new RootCommand("Trains a convolutional network on 1,438 handwritten digits and tests it on 359 others.") { epochs, seed, threads, json };
command.SetAction(options =>
{
    ModelGenOptions.Threads = options.GetValue(threads);
    return Lesson.Run(options.GetValue(epochs), options.GetValue(seed), options.GetValue(json));
});
return command.Parse(args).Invoke();
