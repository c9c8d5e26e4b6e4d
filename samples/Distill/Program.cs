// Lesson 7: a small network learns from a large one that is frozen.
using System.CommandLine;
using Distilling;

var labelled = new Option<int>("--labelled") { Description = "How many images the student alone has labels of; the teacher's students see all images, and no label.", DefaultValueFactory = _ => 200 };
var epochs = new Option<int>("--epochs") { Description = "How many times all images could be seen in a student's steps.", DefaultValueFactory = _ => 40 };
var runs = new Option<int>("--runs") { Description = "Students of each kind; their mean counts.", DefaultValueFactory = _ => 5 };
var rate = new Option<double>("--rate") { Description = "The students' first learning rate; it falls to 0.", DefaultValueFactory = _ => 5e-3 };
var seed = new Option<ulong>("--seed") { Description = "Decides the first weights and the order of the images.", DefaultValueFactory = _ => 1 };
var json = new Option<FileInfo?>("--json") { Description = "Writes teacher, alone, taught, gain and train_seconds to this file." };
foreach (var option in new[] { labelled, epochs, runs }) option.Validators.Add(r => { if (r.GetValueOrDefault<int>() < 1) r.AddError($"{option.Name} must be at least 1."); });
rate.Validators.Add(r => { if (!(r.GetValueOrDefault<double>() >= 0 && double.IsFinite(r.GetValueOrDefault<double>()))) r.AddError("--rate must be a number of at least 0."); });

var command = new RootCommand("Trains a convolutional network on handwritten digits, and small networks with and without its help.") { labelled, epochs, runs, rate, seed, json };
command.SetAction(options => Lesson.Run(new Settings(options.GetValue(labelled), options.GetValue(epochs), options.GetValue(runs), options.GetValue(rate), options.GetValue(seed), options.GetValue(json))));
return command.Parse(args).Invoke();
