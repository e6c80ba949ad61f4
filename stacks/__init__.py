"""What is deployed: settings, one construct per unit, and the stack that wires the units and grants across them.

``config`` is read once at the edge. Each other module holds one unit and exposes its resources as attributes;
``pipeline`` puts them together.
"""
