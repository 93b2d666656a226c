"""The judge of electronic invoices: UBL's schemas and the rules of EN 16931 and Peppol BIS Billing 3,
as OpenPeppol publishes them; fetched as Kafka is. Its rules take seconds to make ready, so one test
module asks it.
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
RULES = "external/schematron/openpeppol/2026.5/xslt"
SCHEMAS = "external/schemas/ubl21"
_FAILED = "{http://purl.oclc.org/dsdl/svrl}failed-assert"


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
            wanted = [name for name in content.namelist() if name.startswith((RULES, SCHEMAS))]
            content.extractall(folder, wanted)
    processor = PySaxonProcessor(license=False)
    compiler = processor.new_xslt30_processor()
    return Judge(
        processor,
        [
            compiler.compile_stylesheet(stylesheet_file=str(file))
            for file in sorted((folder / RULES).glob("*UBL*.xslt"))
        ],
        {
            kind: etree.XMLSchema(etree.parse(folder / SCHEMAS / "maindoc" / f"UBL-{kind}-2.1.xsd"))
            for kind in ("Invoice", "CreditNote")
        },
    )
