// Lesson 4: a small GPT learns to write, character by character.
using System.CommandLine;
using CharLm;

var text = new Option<string?>("--text") { Description = "A text file, or a folder of .md and .txt files. Default: the repository's own documentation." };
var steps = new Option<int>("--steps") { Description = "Training steps.", DefaultValueFactory = _ => 2000 };
var batch = new Option<int>("--batch") { Description = "Pieces of text in one training step.", DefaultValueFactory = _ => 12 };
var rate = new Option<double>("--rate") { Description = "The learning rate.", DefaultValueFactory = _ => 1e-3 };
var seed = new Option<ulong>("--seed") { Description = "Decides the first weights, the pieces and the writing.", DefaultValueFactory = _ => 1 };
var prompt = new Option<string>("--prompt") { Description = "How the written text begins.", DefaultValueFactory = _ => "The " };
var length = new Option<int>("--length") { Description = "How many characters to write.", DefaultValueFactory = _ => 400 };
var temperature = new Option<double>("--temperature") { Description = "0 always writes the most probable character, 1 draws by the probabilities.", DefaultValueFactory = _ => 0.8 };
var threads = new Option<int>("--threads") { Description = "Threads of a training step; the result does not depend on them.", DefaultValueFactory = _ => ModelGenOptions.Threads };
var json = new Option<FileInfo?>("--json") { Description = "Writes test_loss, train_seconds and steps to this file." };
var start = new Option<FileInfo?>("--start") { Description = "Writes the first weights to this safetensors file: compare.py trains the same network from there in PyTorch." };
steps.Validators.Add(r => { if (r.GetValueOrDefault<int>() < 1) r.AddError("--steps must be at least 1."); });
batch.Validators.Add(r => { if (r.GetValueOrDefault<int>() is < 1 or > 10_000) r.AddError("--batch must be between 1 and 10000."); });
rate.Validators.Add(r => { if (!(r.GetValueOrDefault<double>() >= 0 && double.IsFinite(r.GetValueOrDefault<double>()))) r.AddError("--rate must be a number of at least 0."); });
length.Validators.Add(r => { if (r.GetValueOrDefault<int>() is < 0 or > 1_000_000) r.AddError("--length must be between 0 and 1000000."); });
temperature.Validators.Add(r => { if (!(r.GetValueOrDefault<double>() >= 0 && double.IsFinite(r.GetValueOrDefault<double>()))) r.AddError("--temperature must be a number of at least 0."); });
threads.Validators.Add(r => { if (r.GetValueOrDefault<int>() is < 1 or > 1024) r.AddError("--threads must be between 1 and 1024."); });

var command = new RootCommand("Trains a small GPT on a text, character by character, and lets it write.") { text, steps, batch, rate, seed, prompt, length, temperature, threads, json, start };
command.SetAction(options =>
{
    ModelGenOptions.Threads = options.GetValue(threads);
    return Lesson.Run(new Settings(options.GetValue(text), options.GetValue(steps), options.GetValue(batch), options.GetValue(rate), options.GetValue(seed),
        options.GetValue(prompt)!, options.GetValue(length), options.GetValue(temperature), options.GetValue(json), options.GetValue(start)));
});
return command.Parse(args).Invoke();
