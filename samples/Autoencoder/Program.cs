// Lesson 9: a variational autoencoder, with random numbers inside the compiled step.
using System.CommandLine;
using Autoencoding;

var epochs = new Option<int>("--epochs") { Description = "How many times every training digit is seen.", DefaultValueFactory = _ => 300 };
var batch = new Option<int>("--batch") { Description = "Images in one training step.", DefaultValueFactory = _ => 64 };
var rate = new Option<double>("--rate") { Description = "The first learning rate; it falls to 0.", DefaultValueFactory = _ => 2e-3 };
var seed = new Option<ulong>("--seed") { Description = "Decides the first weights, the noise and the order of the images.", DefaultValueFactory = _ => 1 };
var json = new Option<FileInfo?>("--json") { Description = "Writes bound, independent, train_seconds and epochs to this file." };
epochs.Validators.Add(r => { if (r.GetValueOrDefault<int>() < 1) r.AddError("--epochs must be at least 1."); });
batch.Validators.Add(r => { if (r.GetValueOrDefault<int>() is < 1 or > 1438) r.AddError("--batch must be between 1 and 1438."); });
rate.Validators.Add(r => { if (!(r.GetValueOrDefault<double>() >= 0 && double.IsFinite(r.GetValueOrDefault<double>()))) r.AddError("--rate must be a number of at least 0."); });

var command = new RootCommand("Trains a variational autoencoder on handwritten digits, and reports its evidence lower bound.") { epochs, batch, rate, seed, json };
command.SetAction(options => Lesson.Run(new Settings(options.GetValue(epochs), options.GetValue(batch), options.GetValue(rate), options.GetValue(seed), options.GetValue(json))));
return command.Parse(args).Invoke();
