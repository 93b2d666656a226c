"""Handlers of news: published, withdrawn (NTF-5)."""

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import NewsId

from notifications.news import domain
from notifications.news.commands import PublishNews, WithdrawNews
from notifications.news.models import NewsRow, NewsTextRow

messages = Handlers()


@messages.command(PublishNews, loads=lambda _, tx: [(NewsRow, tx.target("news"))])
async def publish_news(command: PublishNews, tx: Transaction) -> None:
    """Publish news (NTF-5).

    Refused: UNKNOWN_PRODUCT_AREA (REF-11), ENDS_BEFORE_IT_BEGINS (DAY-5), IS_OVER (NTF-5).
    """
    news_id = NewsId(tx.target("news"))
    event = domain.publish(
        news_id,
        product_area=command.product_area,
        from_on=command.from_on,
        until_on=command.until_on,
        by=command.by,
        policy=tx.policy,
        today=tx.today,
    )
    tx.start(NewsRow, news_id, event)
    tx.put(NewsTextRow(region=tx.region, news_id=news_id, title=command.title, text=command.text))


@messages.command(WithdrawNews, of=NewsRow, rule="NTF-5")
async def withdraw_news(row: NewsRow, command: WithdrawNews, tx: Transaction) -> None:
    """Show it no more (NTF-5).

    Refused: UNKNOWN_NEWS (NTF-5): none.
    """
    tx.record(row, *domain.withdraw(row.state(), by=command.by))
