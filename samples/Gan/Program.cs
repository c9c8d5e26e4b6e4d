// Lesson 6: two networks that are trained in turns, each by its own objective and its own optimizer.
using System.CommandLine;
using GanLesson;

var steps = new Option<int>("--steps") { Description = "Turns of both networks.", DefaultValueFactory = _ => 8000 };
var batch = new Option<int>("--batch") { Description = "Points in one step.", DefaultValueFactory = _ => 256 };
var rate = new Option<double>("--rate") { Description = "The first learning rate; it falls to 0 in the second half.", DefaultValueFactory = _ => 1e-3 };
var seed = new Option<ulong>("--seed") { Description = "Decides the first weights, the data and the noise.", DefaultValueFactory = _ => 1 };
var json = new Option<FileInfo?>("--json") { Description = "Writes modes, share, distance, train_seconds and steps to this file." };
steps.Validators.Add(r => { if (r.GetValueOrDefault<int>() < 1) r.AddError("--steps must be at least 1."); });
batch.Validators.Add(r => { if (r.GetValueOrDefault<int>() is < 1 or > 65536) r.AddError("--batch must be between 1 and 65536."); });
rate.Validators.Add(r => { if (!(r.GetValueOrDefault<double>() >= 0 && double.IsFinite(r.GetValueOrDefault<double>()))) r.AddError("--rate must be a number of at least 0."); });

var command = new RootCommand("Trains a generative adversarial network on eight normal distributions on a circle, and measures whether it has found all of them.") { steps, batch, rate, seed, json };
command.SetAction(options => Lesson.Run(new Settings(options.GetValue(steps), options.GetValue(batch), options.GetValue(rate), options.GetValue(seed), options.GetValue(json))));
return command.Parse(args).Invoke();
