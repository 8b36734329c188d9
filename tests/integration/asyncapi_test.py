#!/usr/bin/env python3
"""`shop asyncapi` is valid against the specification's JSON schema, and says what the graph says."""

import argparse
import json
import pathlib
import subprocess
import sys
import unittest

import jsonschema

SHOP = None
SCHEMA = pathlib.Path(__file__).resolve().parents[1] / "data" / "asyncapi" / "3.0.0.schema.json"


class Resolver(jsonschema.RefResolver):
    """The schema describes JSON schemas, so it has a property called $id; jsonschema takes it for an id."""

    def _find_in_subschemas(self, url):
        return None


def output(*arguments):
    return json.loads(subprocess.run([SHOP, *arguments], check=True, capture_output=True, text=True).stdout)


class AsyncApi(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.document = output("asyncapi")
        cls.graph = output("graph", "--format", "json")
        schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
        jsonschema.Draft7Validator.check_schema(schema)
        cls.validator = jsonschema.Draft7Validator(schema, resolver=Resolver.from_schema(schema))

    def test_is_valid(self):
        errors = [f"{list(error.absolute_path)}: {error.message[:300]}"
                  for error in self.validator.iter_errors(self.document)]
        self.assertEqual(errors, [])

    def test_what_is_wrong_would_be_found(self):
        for broken in ({**self.document, "info": {}}, {**self.document, "channels": []},
                       {**self.document, "operations": {"x": {"action": "shout"}}}):
            self.assertFalse(self.validator.is_valid(broken))

    def test_every_event_is_a_message_of_its_publishers_channel(self):
        messages = self.document["components"]["messages"]
        self.assertEqual(set(messages), {event["name"] for event in self.graph["events"]})
        for event in self.graph["events"]:
            channel = self.document["channels"][event["publisher"]]
            short = event["name"].rsplit(".", 1)[-1]
            self.assertEqual(channel["messages"][short]["$ref"], f"#/components/messages/{event['name']}")

    def test_every_reference_leads_somewhere(self):
        def follow(reference):
            place = self.document
            for part in reference.removeprefix("#/").split("/"):
                self.assertIn(part, place, reference)
                place = place[part]

        def walk(value):
            if isinstance(value, dict):
                if "$ref" in value:
                    follow(value["$ref"])
                for inner in value.values():
                    walk(inner)
            elif isinstance(value, list):
                for inner in value:
                    walk(inner)
        walk(self.document)

    def test_every_reaction_is_an_operation(self):
        reactions = {(edge["service"], edge["actor"], edge["reaction"])
                     for edge in self.graph["edges"] if edge["relation"] in ("reacts", "undoes")}
        for service, actor, reaction in reactions:
            self.assertIn(f"{service}.{actor}.{reaction}", self.document["operations"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shop", required=True, help="the shop's binary")
    options, rest = parser.parse_known_args()
    SHOP = options.shop
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
