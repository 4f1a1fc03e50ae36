"""Writes the constraints of every operation of pinpoint-sms-voice-v2 as botocore's service model states them.

One line a member that has something to say: path, required or -, least, most, pattern, with tabs between. A path is
Shape.Member; [] is an element of a list, {key} and {value} the two sides of a map. Enumerated members are left out
(the Go SDK's types know their values), except as keys of maps, where they become a pattern.
"""
import glob
import gzip
import json
import os

import botocore

folder = os.path.join(os.path.dirname(botocore.__file__), "data", "pinpoint-sms-voice-v2")
with gzip.open(glob.glob(folder + "/*/service-2.json.gz")[0]) as f:
    model = json.load(f)
shapes = model["shapes"]
lines = {}


def put(path, required, shape):
    low, high, pattern = shape.get("min", ""), shape.get("max", ""), shape.get("pattern", "")
    if "enum" in shape:
        pattern = "|".join(sorted(shape["enum"])) if path.endswith("{key}") else ""
        low = high = ""
    if required or low != "" or high != "" or pattern:
        lines[path] = "\t".join([path, "required" if required else "-", str(low), str(high), pattern]).rstrip("\t")


def walk(name, structure):
    for member, ref in structure.get("members", {}).items():
        descend(f"{name}.{member}", member in structure.get("required", []), ref["shape"])


def descend(path, required, shape_name):
    shape = shapes[shape_name]
    put(path, required, shape)
    if shape["type"] == "list":
        descend(path + "[]", False, shape["member"]["shape"])
    elif shape["type"] == "map":
        descend(path + "{key}", False, shape["key"]["shape"])
        descend(path + "{value}", False, shape["value"]["shape"])
    elif shape["type"] == "structure":
        walk(shape_name, shape)


for operation, description in model["operations"].items():
    walk(operation + "Input", shapes[description["input"]["shape"]])
print(f"# botocore {botocore.__version__}")
for path in sorted(lines):
    print(lines[path])
