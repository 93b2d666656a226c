"""The projection of inventory's catalogue."""

from kvitt_chassis.handlers import Handlers
from kvitt_contracts.inventory import ArticleListed

from orders.articles.models import ArticleRow

messages = Handlers()
messages.project(ArticleListed, ArticleRow)
