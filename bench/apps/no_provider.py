"""An app with cdktf and nothing else: one stack, locals and outputs. Run it in a folder of its own."""

from __future__ import annotations

from cdktf import App, TerraformLocal, TerraformOutput, TerraformStack

app = App()
stack = TerraformStack(app, "only-cdktf")
for number in range(5):
    local = TerraformLocal(stack, f"local-{number}", number)
    TerraformOutput(stack, f"output-{number}", value=local.expression)
app.synth()
