"""Collecting from a learning platform's download, by the course's time zone and due dates."""

import datetime

from nbgrader.api import Gradebook

from nbexaminer.deadlines import all_ahead
from nbexaminer.lms import collect
from nbexaminer.settings import Settings


class Collector(collect.Collector):
    """What nbgrader alone doesn't know; `c.ZipCollectApp.collector_plugin`."""

    def zone(self) -> datetime.tzinfo:
        """That of `c.MarkingRules.timezone`."""
        return Settings(parent=self.parent).zone

    def ahead(self, gradebook: Gradebook) -> dict[str, datetime.timedelta]:
        """Those, too, who follow a section's date, or have handed nothing in yet."""
        return all_ahead(gradebook.db.connection(), self.course.assignment_id)
