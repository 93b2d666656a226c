"""The Swedish texts of messages, made when they are shown. No person is named in them, ever."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from kvitt_contracts.calendar import in_swedish
from kvitt_contracts.notifications import MessageKind

from notifications.messages.domain import NewKind

_WHY_STAFF: Final = "Det mottagande tjänstestället har ingen huvudansvarig."
_NOBODY_AT_UNIT: Final = "Tjänstestället har ingen huvudansvarig."


@dataclass(frozen=True, slots=True)
class Text:
    """A title, and a sentence in which `{name}` is the order's number or the transfer's name, and
    `{since}` since which day it is so; `to_staff` is why the staff hears of it.
    """

    title: str
    body: str
    to_staff: str = _WHY_STAFF

    def about(
        self, name: str | None, *, since_on: date | None = None, is_to_staff: bool = False
    ) -> str:
        """Returns the sentence with `name`; a sentence without a name where it is None. The staff
        is told besides why it hears of it.
        """
        since = f"sedan {in_swedish(since_on)}" if since_on is not None else ""
        said = " ".join(self.body.format(name=name or "", since=since).split()).replace(" .", ".")
        return f"{said} {self.to_staff}".rstrip() if is_to_staff else said


# decision 0071: a message has no text until it is shown
TEXTS: dict[str, Text] = {
    MessageKind.DELIVERY_DATE_CHANGED: Text(
        "Ändrat leveransdatum", "Order {name} har fått ett nytt planerat leveransdatum."
    ),
    MessageKind.ORDER_DELIVERED: Text("Levererad", "Order {name} är levererad."),
    MessageKind.ORDER_DECLINED: Text(
        "Kan inte levereras", "Order {name} kunde inte expedieras och har ingen verkan."
    ),
    MessageKind.ORDER_VOIDED: Text("Makulerad", "Order {name} är makulerad."),
    MessageKind.ORDER_VOID_REFUSED: Text(
        "Makuleras inte", "Order {name} går vidare: lagret hade redan börjat med den."
    ),
    MessageKind.TRANSFER_TO_ACKNOWLEDGE: Text(
        "Byte att kvittera", "Byte {name} väntar på att kvitteras."
    ),
    MessageKind.TRANSFER_ACCEPTED: Text("Byte godkänt", "Byte {name} är godkänt av mottagaren."),
    MessageKind.TRANSFER_REJECTED: Text(
        "Byte inte godkänt", "Byte {name} godkändes inte. Öppna det och läs varför."
    ),
    MessageKind.TRANSFER_REFUSED: Text(
        "Byte kan inte göras", "Byte {name} kunde inte skickas. Öppna det och läs varför."
    ),
    MessageKind.TRANSFER_LOCKED: Text(
        "Byte låst",
        "Byte {name} kvitterades inte i tid och är låst. Kontakta kundtjänst för att låsa upp det.",
    ),
    MessageKind.TRANSFER_VOIDED: Text(
        "Byte utan verkan", "Byte {name} kvitterades inte i tid. Gör ett nytt byte."
    ),
    MessageKind.TRANSFER_EXECUTED_AUTOMATICALLY: Text(
        "Byte verkställt automatiskt",
        "Byte {name} kvitterades inte i tid och verkställs med föreslagen betalare.",
    ),
    MessageKind.TRANSFER_DEADLINE_NEAR: Text(
        "En dag kvar att kvittera", "Byte {name} måste kvitteras i dag."
    ),
    MessageKind.TRANSFER_LINE_DROPPED: Text(
        "Hjälpmedel utgick ur byte",
        "Hjälpmedel ingår inte längre i byte {name}. Öppna det och läs vilka, och varför.",
    ),
    NewKind.ORDER_LINE_VOIDED: Text(
        "Orderrad makulerad", "En rad i order {name} är makulerad. De andra raderna står kvar."
    ),
    NewKind.PURCHASE_RECEIPT_DUE: Text(
        "Direktleverans väntas",
        "Det som köpts direkt väntas i dag. Ta emot det i Kvitt när det har kommit.",
        to_staff="Tjänstestället har ingen huvudansvarig.",
    ),
    NewKind.PURCHASE_LATE: Text(
        "Direktleverans försenad",
        "En direktleverans skulle ha kommit för två veckor sedan och är inte mottagen. Fråga"
        " leverantören, och ange en ny dag.",
        to_staff="",
    ),
    NewKind.PURCHASE_UNSENT: Text(
        "Inköpsorder inte skickad",
        "En inköpsorder är inte markerad som skickad. Skriv ut den, skicka den till leverantören"
        " och ange hur.",
        to_staff="Tjänstestället har ingen huvudansvarig.",
    ),
    NewKind.STOCKTAKING_ANNOUNCED: Text(
        "Inventering",
        "Förrådet ska inventeras. Dagen och det som ska räknas finns i Kvitt.",
        to_staff="Tjänstestället har ingen huvudansvarig, eller så är förrådet centralt.",
    ),
    NewKind.PURCHASE_NOT_MAILED: Text(
        "Inköpsorder gick inte att mejla",
        "Kvitt kunde inte skicka inköpsordern till leverantören med e-post. Skriv ut den, skicka"
        " den själv och ange hur.",
    ),
    NewKind.PURCHASE_DEVIATION: Text(
        "Leverans som avviker",
        "En direktleverans var inte som beställd. Lös det med leverantören.",
        to_staff="",
    ),
    NewKind.PURCHASE_DEVIATION_LATE: Text(
        "Avvikelse inte löst",
        "En avvikelse i en direktleverans har väntat i en månad. Lös den med leverantören.",
        to_staff="",
    ),
    NewKind.PURCHASE_DEVIATION_SETTLED: Text(
        "Avvikelse löst",
        "Kundtjänst har löst en avvikelse i en direktleverans. Öppna inköpsordern och läs hur.",
    ),
    NewKind.FAULT_REPORTED: Text(
        "Fel på hjälpmedel utan förskrivare",
        "Ange en förskrivare, eller skicka behovet av en ny bedömning vidare.",
        to_staff="Tjänstestället har ingen huvudansvarig.",
    ),
    NewKind.FAULT_REPORT_ESCALATED: Text(
        "Felanmälan utan svar",
        "Ingen har svarat i tid på en felanmälan om ett hjälpmedel utan förskrivare.",
        to_staff="",
    ),
    NewKind.FAULT_REPORT_FORWARDED: Text(
        "Ny bedömning behövs", "Ett hjälpmedel har ett fel: bedöm behovet på nytt."
    ),
    NewKind.PRESCRIBER_NAMED: Text(
        "Förskrivare efter felanmälan", "Du förskriver från och med nu ett felanmält hjälpmedel."
    ),
    NewKind.PRESCRIBER_REFUSED: Text(
        "Förskrivaren kunde inte sättas",
        "Öppna felanmälan, läs varför och svara på nytt.",
        to_staff="Tjänstestället har ingen huvudansvarig.",
    ),
    NewKind.PICKUP_ORDERED: Text(
        "Hämtning beställd",
        "En patient eller närstående har beställt hämtning. Öppna hämtordern: den visar vem, vad "
        "och mellan vilka dagar. Du kan avbeställa hela eller delar av den.",
        to_staff="Tjänstestället har ingen huvudansvarig.",
    ),
    NewKind.PICKUP_REPORTED: Text(
        "Hämtning rapporterad",
        "Teknikern har rapporterat en hämtning. Öppna hämtordern och läs vad som gjordes.",
        to_staff="Tjänstestället har ingen huvudansvarig.",
    ),
    NewKind.PICKUP_OVERDUE: Text(
        "Hämtning försenad",
        "Sista dagen för en hämtning har gått, och allt är inte tillbaka i lagret.",
        to_staff="",
    ),
    NewKind.PICKUP_MADE_URGENT: Text(
        "Akut hämtning",
        "En hämtning har gjorts akut. Öppna hämtordern: hjälpmedlen ska hämtas så snart det går.",
        to_staff="",
    ),
    NewKind.PICKUP_RETURN_AWAITED: Text(
        "Ska genast till centrallagret",
        "Hjälpmedel på en hämtorder ska genast till centrallagret, men har väntat på det {since}. "
        "Öppna hämtordern och se till att det skickas eller hämtas.",
        to_staff="Tjänstestället har ingen huvudansvarig.",
    ),
    NewKind.DEVICE_RETURN_AWAITED: Text(
        "Ska genast till centrallagret",
        "Ett hjälpmedel som genast ska till centrallagret har stått i enhetens förråd {since}. "
        "Öppna det och skapa en hämtorder.",
        to_staff="Förrådets enhet har ingen huvudansvarig.",
    ),
    NewKind.SUPPLIER_INVOICE_HELD: Text(
        "Leverantörsfaktura väntar",
        "En leverantörs faktura på ett inköp väntar. Öppna den: den visar vad som inte stämmer, "
        "till exempel att leveransen inte är mottagen, och vad du kan göra.",
        to_staff="Ingen enhet är känd som köpare, eller så saknar enheten huvudansvarig.",
    ),
    NewKind.LOST_WITHOUT_VALUE: Text(
        "Förlorat hjälpmedel utan värde",
        "En privat mottagning har förlorat ett hjälpmedel, och vad det är värt är inte känt. Kom "
        "överens med mottagningen: det debiteras inte av sig självt.",
        to_staff="",
    ),
    NewKind.DAMAGE_REPORTED: Text(
        "Stulet, förlorat eller skadat",
        "Ett hjälpmedel är anmält som stulet, förlorat eller skadat. Öppna det, och besluta vem "
        "som betalar, och hur mycket.",
        to_staff="",
    ),
    NewKind.COMMITMENT_MISSING: Text(
        "Betalningsförbindelse saknas",
        "Hjälpmedel på order {name} är levererade utan hemregionens betalningsförbindelse. Skaffa "
        "den, och registrera när den godkändes och dess beteckning.",
    ),
    NewKind.FITTING_UNFINISHED: Text(
        "Utprovning inte avslutad",
        "Utprovningen på order {name} är inte rapporterad avslutad. Rapportera den, eller "
        "registrera returen: annars faktureras betalaren om en månad utan vidare kontakt.",
        to_staff=_NOBODY_AT_UNIT,
    ),
    NewKind.REGION_SALE_REQUESTED: Text(
        "Försäljning att prissätta",
        "En enhet vill sälja hjälpmedel till regionen dit patienten flyttar. Öppna försäljningen "
        "och föreslå ett pris för varje hjälpmedel.",
        to_staff="",
    ),
    NewKind.REGION_SALE_REFUSED: Text(
        "Kan inte säljas",
        "Hjälpmedel kunde inte säljas till en annan region. Öppna försäljningen och läs varför.",
        to_staff=_NOBODY_AT_UNIT,
    ),
    NewKind.REGION_SALE_PROPOSED: Text(
        "Prisförslag skickat",
        "Kundtjänst har föreslagit en annan region priser för hjälpmedel som patienten har. Du är "
        "kontaktperson.",
        to_staff=_NOBODY_AT_UNIT,
    ),
    NewKind.REGION_SALE_APPROVED: Text(
        "Sålt till en annan region",
        "Den andra regionen köper hjälpmedlen. Enheten betalar inte längre för dem.",
        to_staff=_NOBODY_AT_UNIT,
    ),
    NewKind.REGION_SALE_NOT_APPROVED: Text(
        "Ska återlämnas",
        "Den andra regionen köper inte hjälpmedlen. Se till att de lämnas tillbaka.",
        to_staff=_NOBODY_AT_UNIT,
    ),
    NewKind.REGION_SALE_LINE_DROPPED: Text(
        "Hjälpmedel utgick ur försäljning",
        "Ett hjälpmedel har kommit tillbaka, eller försvunnit, och ingår inte längre i en "
        "försäljning. Öppna den: resten kan behöva ett nytt prisförslag.",
        to_staff="",
    ),
    NewKind.REGION_SALE_UNANSWERED: Text(
        "Inget svar på prisförslag",
        "En annan region har inte svarat på ett prisförslag i tid. Fråga den, och registrera "
        "svaret.",
        to_staff="",
    ),
    NewKind.REGION_SALE_NOT_RETURNED: Text(
        "Inte återlämnat",
        "Hjälpmedel som en annan region inte köpte är inte tillbaka efter 30 dagar. Se till att "
        "de lämnas tillbaka.",
        to_staff=_NOBODY_AT_UNIT,
    ),
    NewKind.BASKET_OVERDUE: Text(
        "Varukorg försenad",
        "Sista dagen för varukorg {name} har gått. Öppna den och leverera det som är utlånat, "
        "eller lägg tillbaka det.",
    ),
    NewKind.BASKET_DECLINED: Text(
        "Varukorg avvisad",
        "Varukorg {name} kunde inte lånas ut, och har ingen verkan. Öppna den och läs varför.",
    ),
    NewKind.BASKET_ACT_DECLINED: Text(
        "Åtgärd nekad",
        "Det du gjorde med varukorg {name} fick ingen verkan. Öppna den, läs vilka rader som är "
        "utlånade än, och åtgärda dem.",
    ),
    NewKind.REFILL_PROPOSED: Text(
        "Förslag att fylla på förrådet",
        "Saldot i ert förråd är lägre än lägsta saldo. Öppna förslaget, ändra antalen om det "
        "behövs, och beställ eller ta bort det.",
    ),
    NewKind.RECONDITIONING_LATE: Text(
        "Rekonditionering försenad",
        "Det som kom tillbaka till hjälpmedelsservice är inte klart, och är sent {since}. Öppna "
        "det, och registrera vad som är gjort: tills det är godkänt eller skrotat får ingen det.",
        to_staff="",
    ),
    NewKind.WORK_ORDER_FINISHED: Text(
        "Arbetsorder klar", "En arbetsorder är klar. Öppna den och läs vad som gjordes."
    ),
    NewKind.WORK_ORDER_LATE: Text(
        "Arbetsorder försenad", "En arbetsorder har inte blivit klar i tid.", to_staff=""
    ),
    NewKind.APPLICATION_DECIDED: Text(
        "Beslut om individuell förskrivning",
        "Din ansökan är avgjord. Öppna den och läs beslutet, och vad du kan göra nu.",
    ),
    NewKind.APPLICATION_UNDECIDED: Text(
        "Ansökan utan beslut",
        "Ingen har i tid beslutat om en ansökan om individuell förskrivning.",
        to_staff="",
    ),
    NewKind.NUMBER_MISSING: Text(
        "Individnummer saknas",
        "Ett hjälpmedel byttes ut vid en garantireparation, och har inte fått sitt nya "
        "individnummer.",
        to_staff="",
    ),
    NewKind.CASE_ASKED: Text(
        "Nytt ärende", "Någon ber kundtjänst om något. Öppna ärendet och svara.", to_staff=""
    ),
    NewKind.CASE_LATE: Text(
        "Ärende utan svar", "Ingen har svarat i tid på ett ärende.", to_staff=""
    ),
    NewKind.CASE_ANSWERED: Text(
        "Svar på ärende", "Kundtjänst har svarat på ditt ärende. Öppna det och läs svaret."
    ),
    NewKind.BLOCK_OPENED: Text(
        "Spärr öppnad i en nödsituation",
        "Någon utanför er enhet har öppnat det som en patient har spärrat hos er. Öppna sidan"
        " Spärrar och samtycken och läs vem det var och varför.",
    ),
    NewKind.ACCESS_APPLIED: Text(
        "Ansökan om behörighet",
        "En enhetschef ansöker om behörighet för en användare. Öppna sidan och besluta.",
        to_staff="",
    ),
    NewKind.ACCESS_GRANTED: Text(
        "Du har behörighet", "Kundtjänst har beviljat din behörighet i Kvitt. Den gäller nu."
    ),
    NewKind.ACCESS_LAPSING: Text(
        "Din behörighet upphör snart",
        "Du har inte varit inloggad på länge, och din behörighet är på väg att upphöra. Den gäller"
        " vidare när du har loggat in.",
    ),
    NewKind.ACCESS_LAPSED: Text(
        "Din behörighet har upphört",
        "Du var inte inloggad på länge, och din behörighet upphörde. Din enhetschef ansöker om den"
        " på nytt.",
    ),
    NewKind.USER_ACCESS_GRANTED: Text(
        "Behörighet beviljad",
        "Kundtjänst har beviljat behörighet för en användare på din enhet. Sidan visar vem.",
    ),
    NewKind.USER_ACCESS_REFUSED: Text(
        "Behörighet nekad",
        "Kundtjänst har nekat behörighet för en användare på din enhet. Kontakta kundtjänst, eller"
        " ansök igen.",
    ),
    NewKind.USER_ACCESS_LAPSING: Text(
        "Behörighet upphör snart",
        "En användare på din enhet har inte varit inloggad på länge. Sidan visar vem, och vilken"
        " dag behörigheten upphör. Be dem att logga in, om de ska ha den kvar.",
    ),
    NewKind.USER_ACCESS_LAPSED: Text(
        "Behörighet har upphört",
        "En användare på din enhet var inte inloggad på länge, och har inte behörighet längre."
        " Ansök på nytt, om de ska ha den.",
    ),
    NewKind.DEVICE_MOVED_IN: Text(
        "Hjälpmedel från en annan region",
        "En patient som flyttat in har med sig ett hjälpmedel, som nu står i enhetens förråd. Du "
        "är kontaktperson för det: se till att det tas ut till patienten.",
        to_staff="Tjänstestället har ingen huvudansvarig.",
    ),
    NewKind.RECEIPT_REFUSED: Text(
        "Kvittensen togs inte emot",
        "Inget av det du kvitterade är bokfört. Öppna ordern, läs vad som hindrade varje rad och "
        "kvittera på nytt.",
    ),
    NewKind.LINE_DIVERTED: Text(
        "Direktleverans till förråd",
        "En direktleverans kom när patienten hade flyttat eller avlidit. Den står i ett förråd, "
        "och ingen betalar för den. Öppna ordern och bestäm vad som ska ske med den.",
        to_staff="",
    ),
}
