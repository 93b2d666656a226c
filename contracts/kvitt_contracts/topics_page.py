"""The page on topics for those who connect a region's systems, in Swedish. `generate` writes it."""

import json
from pathlib import Path

from kvitt_contracts import coming
from kvitt_contracts.envelope import MAX_BYTES, Message
from kvitt_contracts.examples import examples
from kvitt_contracts.quotas import DEFAULT
from kvitt_contracts.topics import CATALOGUE, FOR_EVER, Topic

_SAMPLES = Path(__file__).parents[2] / "docs" / "integrators"
_DAY = 24 * 60 * 60 * 1000
_KEYS = {
    "ChargeId": "avgiftens id",
    "DeviceId": "hjälpmedlets id",
    "InvoiceId": "fakturans id",
    "MessageId": "meddelandets id",
    "OrderId": "orderns id",
    "PersonRef": "personens referens",
    "TransferId": "överföringens id",
    "the article's id": "artikelns id",
    "the balance's id": "saldots id",
    "the answer's id, one for each record": "svarets id, ett för varje post",
    "the refused message's id": "det avvisade meddelandets id",
    "the region's id": "regionens id",
    "the region's id of the person": "regionens id för personen",
    "the run's id": "faktureringens id",
    "the thing's id; the body says what the region calls it": "sakens id; innehållet säger vad"
    " regionen kallar den",
    "the unit's id": "enhetens id",
    "the user's id": "användarens id",
    "what the region calls the thing": "det som regionen kallar saken",
    "what the region calls the transfer": "det som regionen kallar överföringen",
}


def page() -> str:
    """The whole page as Markdown."""
    inbound = [topic for topic in CATALOGUE if topic.is_inbound]
    feeds = [topic for topic in CATALOGUE if topic.is_per_region and not topic.is_inbound]
    domain = [topic for topic in CATALOGUE if not topic.is_per_region]
    return "\n".join(
        [
            _INTRODUCTION.format(
                kib=MAX_BYTES // 1024,
                written=DEFAULT.producer_byte_rate // 1024,
                read=DEFAULT.consumer_byte_rate // 1024,
            ),
            "## Det som regionen skriver\n",
            _table(inbound),
            "## Det som regionen läser\n",
            _table(feeds),
            "## Mellan Kvitts tjänster\n",
            "Regionerna läser inte dessa; de står här så att hela vägen går att följa.\n",
            _table(domain),
            "## Meddelandetyper som regionen skriver\n",
            "Beskrivningarna är på engelska, som i scheman och kod.\n",
            *(_types(topic) for topic in inbound),
            "## Meddelandetyper som regionen läser\n",
            *(_types(topic) for topic in feeds),
            _reserved([*inbound, *feeds]),
            _sending(),
            _OVER_HTTP.format(written=DEFAULT.producer_byte_rate // 1024),
            _RECEIPTS,
            _reading(),
        ]
    )


_INTRODUCTION = """\
<!-- Skriven av `python -m kvitt_contracts.generate` ur katalogen; ändra där. -->
# Topicer för den som ansluter en regions system

Varje region har egna topicer, med regionens kod i namnet (`<code>`, till exempel `ac`), och en
egen användare i Kafka, `region-<code>`. Den får skriva till regionens inkommande topicer och läsa
regionens flöde, inget annat. Vad en användare och en token får göra står i [access.md](access.md).
Hela beskrivningen i AsyncAPI finns i `contracts/asyncapi.yaml`, ett schema för varje meddelandetyp
i `contracts/schemas/` och exempel i `contracts/examples/`. Den som vill börja med ett program som
går att köra börjar i [quickstart](quickstart/README.md).

## Grunderna

- **Format.** Ett meddelande är ett CloudEvent 1.0: attributen står i Kafkas headers med `ce_`
  framför namnet (binärt läge) och kroppen är JSON i UTF-8. Strukturerat läge (`content-type:
  application/cloudevents+json`) tas också emot, ett meddelande i varje post. Headers namn får
  skrivas som klienten skriver dem (`ce-id`, `CE_ID`), men var och en bara en gång. Ett fält står
  en gång i sitt objekt.
- **Nyckel.** Kafkas nyckel är densamma som `ce_subject`: det som regionen själv kallar saken.
  Ordning gäller inom (`ce_source`, `ce_subject`), aldrig mellan två saker och aldrig mellan två
  topicer.
- **Partition.** Nyckeln placeras med murmur2, som Javas klient gör. Den som använder librdkafka
  (confluent-kafka, Rust, Go, .NET) sätter `partitioner=murmur2_random`; annars bryts ordningen.
- **Upprepning.** Samma (`ce_source`, `ce_id`) tas emot en gång. Skicka hellre om än låt bli;
  använd samma id för samma meddelande, och ett nytt id för ett rättat och för ett avvisat som
  skickas igen. Kommer ett id igen med samma innehåll händer inget, och det sägs vara `duplicate`;
  med annat innehåll avvisas det (`ID_REUSED`).
- **Version.** Ett faktum (`region.*.stated`) bär avsändarens egen `version`. Vad den räknar står i
  varje typs schema: det som `ce_subject` nämner, ibland delat på dag, artikel eller annat. En äldre
  än den som är känd har ingen verkan och sägs vara `obsolete`; samma version med samma innehåll är
  en upprepning, med annat innehåll avvisas den (`VERSION_TAKEN`): höj versionen.
- **Personer.** En person nämns med regionens eget id, aldrig med ett nummer. Nummer, namn och
  adresser får bara stå i `region.person.*` på `region.<code>.persons`. Adresser, telefon, portkod
  och anvisningar för en order lämnas över HTTP, inte på `region.<code>.orders`.
  Ett personnummer i fritext eller i en header avvisas, med fältets namn.
- **Former.** Schemat gäller ordagrant: **belopp** är hela öre som heltal utan citattecken och
  decimaler, **dagar** `ÅÅÅÅ-MM-DD`, **tidpunkter** RFC 3339 med zon, **sant och falskt** `true`
  och `false`. Ett fältnamn får stå en gång i varje objekt.
- **Dagar** är dagar i Stockholm och avvisas där de inte kan stämma: det som har hänt sägs inte om
  en dag framåt i tiden eller längre bort än tio år, en plan ligger högst två år fram, och inget
  händer före det som det gäller (`docs/domain.md`, regel DAY-1 till DAY-5).
- **Person igen.** När en person skickas på nytt gäller regionens uppgifter, men ett
  telefonnummer som har ändrats i Kvitt står kvar tills regionen skickar ett annat än förra gången.
- **Storlek.** Högst {kib} KiB för kroppen.
- **Takt.** Regionens användare får skriva {written} och läsa {read} KiB i sekunden, om inget
  annat är avtalat. Den som tar mer får vänta på svar från Kafka (*throttle time*); inget avvisas.

| header | krav | betydelse |
| --- | --- | --- |
| `ce_specversion` | bör finnas | `1.0`; en annan version avvisas |
| `ce_id` | ska finnas | UUID, unikt för avsändaren |
| `ce_source` | ska finnas | avsändarens system, till exempel `urn:region:ac:hjalpmedelssystem` |
| `ce_type` | ska finnas | meddelandetypen, till exempel `orders.order.place.v1` |
| `ce_time` | ska finnas | tidpunkt med tidszon (RFC 3339) |
| `ce_subject` | ska finnas | det som saken kallas; samma som nyckeln |
| `ce_region` | ska finnas | regionens kod, samma som i topicens namn |
| `content-type` | bör finnas | `application/json`, eller `application/cloudevents+json` |
| `ce_dataschema` | får finnas | schemats namn: `urn:kvitt:schema:<ce_type>` |
| `ce_correlationid`, `ce_causationid` | får finnas | vad meddelandet hör ihop med och beror på |
| `ce_actor` | får finnas | användarens interna id, aldrig ett namn |
| `traceparent` | får finnas | spårning enligt W3C |
| `ce_sequence` | bara från Kvitt | sakens egen löpande nummer, från 1, utan luckor |

Nya frivilliga fält kan tillkomma när som helst: läs förbi det som är okänt. En ny betydelse eller
ett nytt obligatoriskt fält får en ny typ, `.v2`, och den gamla läses vidare.
"""

_FEED = """\
## Så läses flödet

Varje meddelande kommer **minst en gång**, och samma meddelande kan stå två gånger i topicen, lika
byte för byte: när Kvitt startas om skickas det som kanske inte kom fram en gång till. Varje sak
(`ce_subject`) har sina egna löpande nummer (`ce_sequence`), från 1 och utan luckor. Spara det
högsta numret för varje sak i samma transaktion som det som meddelandet leder till, och gå förbi ett
meddelande vars nummer inte är högre. Kafkas egen position räcker inte: också den som läser om efter
ett avbrott ser meddelanden igen.

Nyckeln och `ce_subject` är sakens id hos Kvitt. Vad regionen själv kallar saken står i innehållet
(`order`, `transfer`, `message_id`). Den som har sin egen beteckning kan också räkna ut id:t: UUID
version 5 av `<region>/<sak>/<beteckning>`, som `ac/order/VB-2026-00871`, i namnrymden
`6f1c3c5e-5a0b-4d53-9c1e-2b6a0d2d7f10`. En order som lades utan beteckning heter sitt id.

Utan Kafka läses samma flöde över HTTP, eller skickas det till regionens system: se
[webhooks.md](webhooks.md).

Exemplet sparar numren i en SQLite-fil.
"""

_BOOKS = """\
## Så byggs regionens egna böcker ur flödet

Flödet räcker: ordrar, innehav dag för dag, byten, saldon, hämtordrar, arbetsordrar, debiteringar
och fakturor går att bygga upp ur det, från början och utan att fråga något annat. Varje
meddelande av de här sorterna säger allt om saken som den är nu, så det senaste om varje nyckel
gäller:

| meddelande | nyckel | bygger |
| --- | --- | --- |
| `region.order.reported.v1` | orderns id | status, för vem, när den väntas lämna lagret |
| `region.order-line.reported.v1` | radens id | antal, levererat och när, individer, planerad dag |
| `region.custody.reported.v1` | individens id | en dag i innehavet: hos vem, vem som betalar |
| `region.device.reported.v1` | individens id | individnummer, artikel, i bruk eller inte |
| `region.stock.reported.v1` | saldots id | vad ett förråd har av en artikel |

**Innehavet** är det enda med en dag i sig: meddelandet gäller från `business_day` till nästa dag
som något har berättats om. En dag kan komma i efterhand, som när en retur berättas sent; det
senaste om en och samma dag gäller. **Byten** berättas händelse för händelse: `sent` har alla
individer (`lines`), `line_dropped`, `lines_rejected` och `line_completed` dem som de gäller
(`devices`).

`business_day` är dagen i Stockholm som något gäller, `occurred_at` när det hände; de kan skilja.
En individ heter sitt id överallt utom i `region.device.reported.v1`, som säger dess nummer. En
person heter regionens eget id. Den som har slagits ihop med en annan kan stå under sitt förra.
Samma sak berättas inte två gånger i rad. Det som är äldre än den utgåva av Kvitt som först
berättar en sort berättas inte i efterhand. Sorter som läsaren inte känner går hon förbi.

`rebuild.py` bygger ordrar, innehav och saldon och jämför dem med API:et (`ask_api.py` bredvid):

```sh
python rebuild.py region.ac.events region-ac-rebuild
```
"""

_RESERVED = """\
## Reserverade namn: kommer, går inte att använda än

De här typerna är reserverade för det som Kvitt ska kunna. Innehållet kan ändras tills de tas i
bruk. En sådan som regionen skickar får ingen verkan: den avvisas med skälet `NOT_YET`, och på
flödet kommer ingen av dem.{absent}

{names}
"""

_OVER_HTTP = """\
## Utan Kafka: samma meddelanden över HTTP

Allt som regionen får skriva i Kafka kan den i stället skicka med `POST /region-messages` till den
tjänst som läser topicen (`orders` för `region.<code>.orders` och `region.<code>.persons`, annars
den som topicen heter efter), med en token som har rollen `region_system`. Innehållet är
CloudEvents på ett av tre sätt:

| `Content-Type` | innehåll |
| --- | --- |
| `application/cloudevents+json` | en händelse, med attributen och `data` i samma JSON |
| `application/cloudevents-batch+json` | en lista av sådana, högst 500 och högst 1 MiB |
| `application/json` | kroppen, med attributen i huvuden: `ce-id`, `ce-type` … |

Svaret säger något om varje händelse, i deras ordning. `accepted` betyder att den är sparad för gott
i regionens topic; vad som blir av den sägs på flödet, precis som när den kommer genom Kafka. Den
som genast går att döma ut (fel form, okänd typ, en typ för en annan tjänst, en annan regions kod,
för stor) har `reason`, `rule`, `field` och `way_on` i stället, är inte mottagen och sägs inte på
flödet. Den hindrar ingen annan. Koden är 202 när någon är mottagen, 422 när ingen är det. Vid 429
och 503 är inget sagt om någon: skicka alla igen med samma id efter `Retry-After`; det som redan
hade kommit fram har verkan en gång. Regionen får skicka {written} KiB i sekunden till varje tjänst.

Skicka en saks meddelanden på ett av sätten och ett anrop i taget: ordning gäller inom anropet, och
mellan anrop när det förra har fått sitt svar.
"""

_RECEIPTS = """\
## Så berättas vad som blev av ett meddelande

Varje meddelande som regionen skickar får ett besked på `region.<code>.events`, skrivet tillsammans
med sin verkan: `region.message.settled.v1`, eller `region.message.refused.v1` när det avvisades.
`message_id`, `source` och `subject` säger vilket det gäller, och `thing`, `thing_id` och
`thing_number` vad det ledde till: en orders id och ordernummer.
Skicka det som bygger på ett meddelande när dess besked har kommit. En post har ett besked, hur ofta
Kafka än lämnar den; den som skickas igen är en ny post, och får `duplicate`.

| `outcome` | betyder | sedan |
| --- | --- | --- |
| `applied` | det gäller nu | inget mer |
| `duplicate` | det hade kommit förut | inget mer |
| `obsolete` | en nyare version gäller redan | inget mer |
| `quarantined` | Kvitt ser över det; `reason` och `field` säger varför | slutet sägs |
| `waiting` | står bakom ett sådant med samma `source` och `subject` | slutet sägs |
| `discarded` | det togs bort och får ingen verkan | skicka ett rättat med nytt `ce_id` |

## Så berättas att något avvisades

Ett meddelande som går att läsa men bryter mot en regel får ingen verkan alls. På
`region.<code>.events` kommer då `region.message.refused.v1` med meddelandets id och typ, regelns
id (`docs/domain.md`, eller `contract` när det inte följer sitt schema), fältet och vad avsändaren
kan göra. Det avvisade värdet upprepas aldrig. Skicka det rättade meddelandet med ett nytt
`ce_id`.

Ett faktum som nämner något okänt (en kund vars betalare inte har kommit än) väntar i stället, en
tid, på det som saknas. Ett uppdrag (order, överföring) som nämner något okänt avvisas genast. När
`ce_id`, `ce_source` och `ce_subject` går att läsa avvisas också en typ som inte finns
(`UNKNOWN_TYPE`) och ett innehåll som inte är JSON i UTF-8 (`UNREADABLE`) eller är för stort
(`TOO_LARGE`).

## Så berättas att något ligger i karantän

Inget försvinner: det som varken får verkan, är en upprepning eller avvisas läggs i karantän hos
Kvitts drift, krypterat, och `region.message.settled.v1` säger det. Det gäller ett meddelande utan
läsbart id, avsändare eller subject, en version av en känd typ som Kvitt inte känner än, och ett
faktum som har väntat för länge eller som Kvitt inte klarar. Det slutar som något av det andra i
tabellen ovan, eller som `region.message.refused.v1`. Går inte `ce_id` att läsa fattas `message_id`:
då hittas posten på `topic`, `partition` och `offset`, som Kafka svarade med när den skickades.
Slutet har samma `ce_subject` i flödet som beskedet före det.
"""


def _table(topics: list[Topic]) -> str:
    lines = [
        "| topic | ägare | nyckel | läses av | får läsa | partitioner | sparas | personuppgifter |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for topic in topics:
        cells = [
            f"`{topic.name}`",
            "regionen" if topic.is_inbound else topic.owner,
            _KEYS.get(topic.key, topic.key),
            ", ".join(sorted(topic.consumers)) or "–",
            ", ".join(f"`{reader}`" for reader in sorted(topic.readers)),
            str(topic.partitions),
            _kept(topic),
            "ja" if topic.personal_data else "nej",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _kept(topic: Topic) -> str:
    return "för alltid" if topic.retention_ms == FOR_EVER else f"{topic.retention_ms // _DAY} dygn"


def _types(topic: Topic) -> str:
    lines = [
        f"### `{topic.name}`\n",
        "| typ | vad den säger | schema | exempel |",
        "| --- | --- | --- | --- |",
        *(_type(message) for message in topic.types),
    ]
    return "\n".join(lines) + "\n"


def _type(message: type[Message]) -> str:
    name = message.wire_type
    said = (message.__doc__ or "").strip().split("\n\n")[0].replace("\n", " ")
    schema = f"[schema](../../contracts/schemas/{name}.json)"
    cases = ", ".join(
        f"[{one.case}](../../contracts/examples/{name}/{one.case}.json)" for one in examples(name)
    )
    return f"| `{name}` | {' '.join(said.split())} | {schema} | {cases} |"


def _reserved(topics: list[Topic]) -> str:
    """Names alone: what cannot be used yet has no link to follow."""
    to_come = [topic for topic in coming.TOPICS if topic.is_per_region]
    lines = [
        f"- `{topic.name}`: {', '.join(f'`{name}`' for name in sorted(topic.reserved))}"
        for topic in (*topics, *to_come)
        if topic.reserved
    ]
    named = ", ".join(f"`{topic.name}`" for topic in to_come)
    absent = f" {named} finns inte än." if named else ""
    return _RESERVED.format(absent=absent, names="\n".join(lines))


def _sending() -> str:
    order = examples("orders.order.place.v1")[-1]
    body = json.dumps(order.data, ensure_ascii=False, indent=2)
    return (
        "## Så skickas ett meddelande\n\n"
        f"En order, `order.json`:\n\n```json\n{body}\n```\n\n"
        "`send.py` i den här mappen skickar den, med regionens adress och inloggning i miljön\n"
        "(`KAFKA_BOOTSTRAP`, `KAFKA_USERNAME`, `KAFKA_PASSWORD`, vid behov `KAFKA_SECURITY`):\n\n"
        f"```python\n{_sample('send.py')}```\n"
    )


def _reading() -> str:
    read, rebuild = _sample("read_feed.py"), _sample("rebuild.py")
    return f"{_FEED}\n```python\n{read}```\n\n{_BOOKS}\n```python\n{rebuild}```\n"


def _sample(name: str) -> str:
    return (_SAMPLES / name).read_text(encoding="utf-8")
