// Lesson 8: two ways to learn from trying, on an old problem.
using System.CommandLine;
using Balancing;

var method = new Option<string>("--method") { Description = "policy: REINFORCE with a baseline; q: Q-learning with a target network.", DefaultValueFactory = _ => Lesson.Policy };
method.AcceptOnlyFromAmong(Lesson.Policy, Lesson.Q);
var updates = new Option<int>("--updates") { Description = "The most updates of the policy, on 16 episodes each.", DefaultValueFactory = _ => 300 };
var steps = new Option<int>("--steps") { Description = "The most steps of Q-learning.", DefaultValueFactory = _ => 100_000 };
var seed = new Option<ulong>("--seed") { Description = "Decides the first weights, the beginnings of the episodes and the actions.", DefaultValueFactory = _ => 1 };
var json = new Option<FileInfo?>("--json") { Description = "Writes mean_return, episodes and train_seconds to this file." };
foreach (var option in new[] { updates, steps }) option.Validators.Add(r => { if (r.GetValueOrDefault<int>() < 1) r.AddError($"{option.Name} must be at least 1."); });

var command = new RootCommand("Balances a pole on a cart, and measures the mean return of a hundred episodes.") { method, updates, steps, seed, json };
command.SetAction(options => Lesson.Run(new Settings(options.GetValue(method)!, options.GetValue(updates), options.GetValue(steps), options.GetValue(seed), options.GetValue(json))));
return command.Parse(args).Invoke();
