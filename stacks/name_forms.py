"""The forms of names and addresses that AWS and Terraform take. Each rule has its source."""

from __future__ import annotations

from stacks.constraints import Matches

# Amazon S3 User Guide, "General purpose bucket naming rules" (bucketnamingrules.html), read in November 2026. A hyphen
# beside a period is not forbidden there, but makes a label that no host name may have (RFC 1123, 2.1), and the SDKs
# reach a bucket by a host name that begins with its name.
BUCKET_NAME = Matches(
    r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
    "a bucket name: 3 to 63 of a-z 0-9 . -, beginning and ending with a letter or digit",
    exceptions=(
        (r"\.\.", "a bucket name has no two periods in a row; take one away"),
        (r"\.-|-\.", "a bucket name has no hyphen beside a period; take one of them away"),
        (r"^\d+\.\d+\.\d+\.\d+$", "a bucket name is not formed like an IP address; give it a letter"),
        (r"^(xn--|sthree-|amzn-s3-demo-)", "S3 reserves the prefixes xn--, sthree- and amzn-s3-demo-; begin otherwise"),
        (
            r"(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$",
            "S3 reserves the suffixes -s3alias, --ol-s3, .mrap, --x-s3 and --table-s3; end otherwise",
        ),
    ),
)

# Terraform's S3 backend refuses these at `init` (tried with 1.11.4: 'The value must not start or end with
# "/"', 'Value must not contain "//"').
STATE_KEY = Matches(
    r"[\w!.*'()/-]{1,512}",
    "an object key without spaces, not beginning or ending with /",
    exceptions=(
        (r"^/|/$", "a state's key does not begin or end with /; take it away"),
        ("//", "a state's key has no // in it; leave one / away"),
    ),
)

_KMS_KEY_ID = r"([0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})"
_KMS_ALIAS = r"alias/[a-zA-Z0-9/_-]+"
# What Terraform's S3 backend takes for kms_key_id (tried as above).
KMS_KEY = Matches(
    rf"{_KMS_KEY_ID}|{_KMS_ALIAS}|arn:aws:kms:[a-z0-9-]+:\d{{12}}:(key/{_KMS_KEY_ID}|{_KMS_ALIAS})",
    "a key id (a UUID, or mrk- and 32 digits), alias/NAME, or the ARN of either",
)

# IAM refuses keys and values that begin with aws: in any case, for the roles that carry these tags (IAM User Guide,
# "Tags for AWS Identity and Access Management resources"); its Tag API gives the characters and lengths.
_NOT_AWS = r"(?![aA][wW][sS]:)"
TAG_NAME = Matches(
    _NOT_AWS + r"[\w .:/=+@-]{1,128}",
    "up to 128 letters, digits, spaces and . : / = + - @ _, not starting with aws: in any case",
)
TAG_VALUE = Matches(
    _NOT_AWS + r"[\w .:/=+@-]{0,256}",
    "up to 256 letters, digits, spaces and . : / = + - @ _, not starting with aws: in any case",
)

# A host name: labels of letters, digits and inner hyphens, at least two of them, the last not of digits (RFC 1123,
# 2.1). SNS reaches a receiver over the internet, so a single label such as localhost is none.
_LABEL = r"[^\W_](?:(?:[^\W_]|-){0,61}[^\W_])?"
_HOST = rf"(?=[^/:@?#]{{1,253}}(?:[/:?#]|$))(?:{_LABEL}\.)+(?!\d+(?:[:/?#]|$)){_LABEL}"
_IPV4 = r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)"
# The part before the @: at most 64 characters, no period at an end, no two in a row (RFC 5321, 4.1.2 and 4.5.3.1.1).
# Terraform reads ${ and %{ in every string.
_MAILBOX = r"(?!\.)(?!.*\.\.)[^@\s${}]{1,64}(?<!\.)"

EMAIL_ADDRESS = Matches(rf"{_MAILBOX}@{_HOST}", "an e-mail address such as films@example.com")
HTTPS_ADDRESS = Matches(
    rf"https://([^@\s/${{}}]+@)?({_HOST}|{_IPV4})(:\d{{1,5}})?([/?][^\s${{}}]*)?",
    "an address that starts with https:// and a full host name, such as https://example.com/hook",
)
QUEUE_ARN = Matches(r"arn:aws:sqs:[a-z0-9-]+:\d{12}:[\w-]{1,80}", "the ARN of a queue: arn:aws:sqs:region:account:name")
FUNCTION_ARN = Matches(
    r"arn:aws:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+(:[\w-]+)?",
    "the ARN of a function: arn:aws:lambda:region:account:function:name",
)
