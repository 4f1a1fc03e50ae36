"""Makes calls of pinpoint-sms-voice-v2 with boto3 and with the AWS CLI, in one process.

Reads a JSON object a line: {"client": "boto3" or "cli", "operation": "PutKeyword", "input": {...}}, and writes one a line:
{"answer": {...}} or {"error": {"Code": ..., "Message": ..., "Reason": ..., "ResourceType": ...}}. {"client": "model"}
answers with the errors that the service model declares for each operation.

The AWS CLI runs by its own command-line driver, so that a thousand calls take seconds: parsing, printing and exit code are
those of the command aws. What came over the wire is read beside it, because the CLI prints of an error its message only.
"""
import contextlib
import datetime
import io
import json
import sys

import boto3
import botocore
import botocore.config
import botocore.exceptions
import botocore.session
from awscli.clidriver import create_clidriver
from botocore import xform_name

SERVICE = "pinpoint-sms-voice-v2"

# boto3 would refuse a call without its required members before the double does. The CLI cannot be told otherwise.
client = boto3.client(SERVICE, config=botocore.config.Config(parameter_validation=False))
driver = create_clidriver()
seen = []
driver.session.register("after-call." + SERVICE, lambda parsed, **_: seen.append(parsed))
# A name of the CLI's own has the words of the operation with hyphens.
command = {name: xform_name(name, "-") for name in client.meta.service_model.operation_names}


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items() if k != "ResponseMetadata"}
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    return value


def error(parsed):
    return {"error": {
        "Code": parsed["Error"]["Code"], "Message": parsed["Error"]["Message"],
        "Reason": parsed.get("Reason", ""), "ResourceType": parsed.get("ResourceType", ""),
        "Fields": plain(parsed.get("Fields", [])),
    }}


def by_boto3(operation, given):
    try:
        return {"answer": plain(getattr(client, xform_name(operation))(**given))}
    except botocore.exceptions.ClientError as e:
        if type(e).__name__ != e.response["Error"]["Code"]:
            raise RuntimeError(f"boto3 raised {type(e).__name__} for {e.response['Error']['Code']}")
        return error(e.response)


def by_cli(operation, given):
    seen.clear()
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = driver.main([SERVICE, command[operation], "--cli-input-json", json.dumps(given),
                                "--no-paginate", "--output", "json"])
        except SystemExit as e:
            code = e.code
    if len(seen) != 1:
        raise RuntimeError(f"aws {command[operation]}: {len(seen)} answers: {err.getvalue()}")
    parsed = seen[0]
    if "Error" in parsed:
        if code == 0 or "(" + parsed["Error"]["Code"] + ")" not in err.getvalue():
            raise RuntimeError(f"aws {command[operation]}: exit code {code}: {err.getvalue()}")
        return error(parsed)
    if code != 0:
        raise RuntimeError(f"aws {command[operation]}: exit code {code}: {err.getvalue()}")
    printed = out.getvalue().strip()
    return {"answer": json.loads(printed) if printed else {}}


def model():
    of = client.meta.service_model
    errors = {name: sorted(e.name for e in of.operation_model(name).error_shapes) for name in of.operation_names}
    return {"version": botocore.__version__, "errors": errors}


for line in sys.stdin:
    call = json.loads(line)
    try:
        if call["client"] == "model":
            answer = model()
        else:
            answer = (by_boto3 if call["client"] == "boto3" else by_cli)(call["operation"], call["input"])
    except Exception as e:  # told to the test, which fails with it
        answer = {"broken": f"{type(e).__name__}: {e}"}
    print(json.dumps(answer), flush=True)
