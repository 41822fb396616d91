namespace WuWei.Tests.Harness;

/// <summary>Tests that measure something the whole process shares: they run when nothing else does.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class AloneTests;
