"""What may depend on what."""

from tests.synth.stack import Stack

FIXED_NAMES = {
    "aws_cloudwatch_event_rule.VideoUploadEventRule",
    "aws_lambda_function.TranscodingOrchestratorFunction",
    "aws_iam_role.TranscodingLambdaRole",
    "aws_lambda_permission.TranscodingOrchestratorPermission",
    "aws_lambda_permission.EventBridgeLambdaPermission",
    "aws_iam_role.StepFunctionsRole",
    "aws_sfn_state_machine.TranscodingStateMachine",
    "aws_cloudwatch_metric_alarm.ProcessingErrorAlarm",
}
STATE_MACHINE = "aws_sfn_state_machine.TranscodingStateMachine"


def test_the_fixed_resources_have_their_names(stack: Stack) -> None:
    assert stack.resources.keys() >= FIXED_NAMES


def test_every_name_reads_well_in_a_plan(stack: Stack) -> None:
    for address in stack.resources:
        name = address.partition(".")[2]
        assert name.isalnum(), address
        assert name[0].isupper(), address


def test_no_resource_needs_itself(stack: Stack) -> None:
    assert [address for address in stack.resources if address in stack.reach(address)] == []


def test_nothing_that_the_orchestrator_needs_reaches_a_state_machine(stack: Stack) -> None:
    for address in ("aws_lambda_function.TranscodingOrchestratorFunction", "aws_iam_role.TranscodingLambdaRole"):
        assert STATE_MACHINE not in stack.reach(address)
    policies = [
        a for a, body in stack.of_type("aws_iam_role_policy").items() if "TranscodingLambdaRole" in body["role"]
    ]
    assert policies
    for name in policies:
        assert STATE_MACHINE not in stack.reach(f"aws_iam_role_policy.{name}")


def test_the_orchestrators_role_holds_no_action_on_state_machines(stack: Stack) -> None:
    for statement in stack.statements_of_role("TranscodingLambdaRole"):
        assert "states:" not in str(statement["Action"])


def test_the_state_machine_knows_the_orchestrator(stack: Stack) -> None:
    assert "aws_lambda_function.TranscodingOrchestratorFunction" in stack.reach(STATE_MACHINE)


def test_the_upload_rule_invokes_the_orchestrator_itself(stack: Stack) -> None:
    target = stack.of_type("aws_cloudwatch_event_target")["VideoUploadEventRuleTarget"]
    assert target["arn"] == "${aws_lambda_function.TranscodingOrchestratorFunction.arn}"
    assert target["rule"] == "${aws_cloudwatch_event_rule.VideoUploadEventRule.name}"


def test_uploads_are_announced_only_once_their_way_is_open(stack: Stack) -> None:
    assert stack.reach("aws_s3_bucket_notification.UploadBucketEvents") >= {
        "aws_cloudwatch_event_target.VideoUploadEventRuleTarget",
        "aws_lambda_permission.TranscodingOrchestratorPermission",
        "aws_cloudwatch_event_target.JobStateEventRuleTarget",
        "aws_lambda_permission.EventBridgeLambdaPermission",
    }


def test_the_settings_of_a_bucket_are_made_one_after_another(stack: Stack) -> None:
    for bucket in stack.of_type("aws_s3_bucket"):
        settings = {
            address
            for address, body in stack.resources.items()
            if body.get("bucket") == f"${{aws_s3_bucket.{bucket}.id}}"
        }
        by_depth = sorted(settings, key=lambda address: len(stack.reach(address) & settings))
        assert [len(stack.reach(address) & settings) for address in by_depth] == list(range(len(settings))), bucket
