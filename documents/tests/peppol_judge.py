"""The judge of electronic invoices: the schemas of UBL and the rules of EN 16931 and Peppol BIS
Billing 3, as OpenPeppol publishes them; fetched as Kafka is. Its rules take seconds to make ready,
so one test module asks it.
"""

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from kvitt_testkit import fetched
from lxml import etree
from saxonche import PySaxonProcessor, PyXsltExecutable

LIST = Path(__file__).with_name("peppol-jars.txt")
RULES = "external/schematron/openpeppol/2026.5/xslt/"
OF_BILLING = ("CEN-EN16931-UBL.xslt", "PEPPOL-EN16931-UBL.xslt")
UBL, OTHERS = "external/schemas/ubl21/", "schemas/"
_FAILED = "{http://purl.oclc.org/dsdl/svrl}failed-assert"
_SCHEMA = "http://www.w3.org/2001/XMLSchema"


@dataclass(frozen=True, slots=True)
class Judge:
    """Schemas by the document's root, and the two sets of rules."""

    processor: PySaxonProcessor
    rules: Sequence[PyXsltExecutable]
    schemas: Mapping[str, etree.XMLSchema]

    def broken(self, document: bytes) -> set[str]:
        """The ids of the rules that a document breaks, warnings too; `XSD` where it is no UBL."""
        tree = etree.fromstring(document)
        schema = self.schemas[etree.QName(tree).localname]
        found = set() if schema.validate(tree) else {"XSD"}
        node = self.processor.parse_xml(xml_text=document.decode())
        for rules in self.rules:
            report = ET.fromstring(rules.transform_to_string(xdm_node=node))
            found |= {one.get("id", "") for one in report.iter(_FAILED)}
        return found


def provide(folder: Path) -> Judge:
    """A judge with its files in a folder. Where they cannot be had the test is skipped."""
    for jar in fetched.provide(LIST, "the rules of Peppol"):
        with zipfile.ZipFile(jar) as content:
            content.extractall(
                folder, [one for one in content.namelist() if one.startswith((RULES, UBL, OTHERS))]
            )
    processor = PySaxonProcessor(license=False)
    compiler = processor.new_xslt30_processor()
    return Judge(
        processor,
        [
            compiler.compile_stylesheet(stylesheet_file=str(folder / RULES / name))
            for name in OF_BILLING
        ],
        {kind: _schema(folder, kind) for kind in ("Invoice", "CreditNote")},
    )


def _schema(folder: Path, kind: str) -> etree.XMLSchema:
    """The schema of a kind of document. UBL's own say of some others what they are called, and not
    where they lie.
    """
    files = [*sorted((folder / OTHERS).glob("*.xsd")), folder / UBL / f"maindoc/UBL-{kind}-2.1.xsd"]
    whole = etree.Element(f"{{{_SCHEMA}}}schema")
    for file in files:
        named = etree.parse(file).getroot().get("targetNamespace")
        etree.SubElement(
            whole, f"{{{_SCHEMA}}}import", namespace=named, schemaLocation=file.as_uri()
        )
    return etree.XMLSchema(whole)
