"""What functions are made of: code that needs more than it brings, runtimes that go, layers of another place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults.addresses import JOB_EVENTS
from tests.faults.code_and_settings import ADAPTER
from tests.faults.historic import FUNCTION
from tests.faults.mutation import Defect, mutation

if TYPE_CHECKING:
    from tests.faults.mutation import Subject

FIRST_IMPORT = "from __future__ import annotations\n"


@mutation("The code imports a module that nothing brings", Defect.DEPENDENCY)
def module_not_packaged(subject: Subject) -> None:
    subject.source(ADAPTER, FIRST_IMPORT, f"{FIRST_IMPORT}\nimport ujson\n")


@mutation("The code imports what Python no longer has", Defect.DEPENDENCY)
def module_removed_from_python(subject: Subject) -> None:
    subject.source(ADAPTER, FIRST_IMPORT, f"{FIRST_IMPORT}\nimport cgi\n")


@mutation("A function's runtime gets no more patches", Defect.CONFIGURATION_DATA)
def runtime_deprecated(subject: Subject) -> None:
    subject.resource(FUNCTION)["runtime"] = "python3.9"


@mutation("A layer of another region", Defect.CONFIGURATION_DATA)
def layer_of_other_region(subject: Subject) -> None:
    arn = "arn:aws:lambda:us-east-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python313-arm64:7"
    subject.resource(JOB_EVENTS)["layers"] = [arn]


@mutation("A layer is named without its version", Defect.CONFIGURATION_DATA)
def layer_without_version(subject: Subject) -> None:
    arn = "arn:aws:lambda:ap-southeast-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python313-arm64"
    subject.resource(JOB_EVENTS)["layers"] = [arn]
