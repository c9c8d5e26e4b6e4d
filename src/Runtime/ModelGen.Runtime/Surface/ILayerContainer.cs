using System.ComponentModel;

namespace ModelGen;

/// <summary>A class whose members are layers; generated code implements it so that eager layers find their weights.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface ILayerContainer
{
    /// <summary>Shows every member that may hold layers, under its name in parameter paths.</summary>
    void VisitLayers(Execution.LayerVisitor visitor);
}
