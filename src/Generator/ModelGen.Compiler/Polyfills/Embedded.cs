namespace Microsoft.CodeAnalysis;

/// <summary>
/// The C# compiler hides types with this attribute from other assemblies, even from friends. Without it, a friend on modern .NET
/// would see two types called System.Index.
/// </summary>
[Embedded]
[AttributeUsage(AttributeTargets.All)]
internal sealed class EmbeddedAttribute : Attribute;
