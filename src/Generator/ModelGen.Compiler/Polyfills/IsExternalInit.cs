// netstandard2.0 lacks the types that records and init properties need.
namespace System.Runtime.CompilerServices;

[Microsoft.CodeAnalysis.Embedded]
internal static class IsExternalInit;
