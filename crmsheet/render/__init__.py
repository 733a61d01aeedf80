"""An outcome in one output format: each module has a RENDERER."""

from crmsheet.render.renderer import Renderer, Terminal, renderers

__all__ = ["Renderer", "Terminal", "renderers"]
