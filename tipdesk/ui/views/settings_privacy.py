"""Settings: proxy, name server, who may be asked for pictures, covers, search relays, mutes."""

from PySide6.QtWidgets import QWidget

from tipdesk.base.phrase import Phrase
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.picture_policy import EVERYBODY, FOLLOWS, NOBODY
from tipdesk.ui.viewmodels.privacy import PrivacyViewModel
from tipdesk.ui.viewmodels.proxy import ProxyViewModel
from tipdesk.ui.viewmodels.veil import VeilViewModel
from tipdesk.ui.views.settings_section import SettingsSection
from tipdesk.ui.widgets.apply_line import ApplyLine
from tipdesk.ui.widgets.drop_lines import DropLines
from tipdesk.ui.widgets.media_server import MediaServerBox
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.proxy_box import ProxyBox
from tipdesk.ui.widgets.segments import Segments
from tipdesk.ui.widgets.setting_group import SettingGroup
from tipdesk.ui.widgets.switch import Switch
from tipdesk.ui.widgets.text import Text

_MOST_SHOWN = 200
_MOST_PLACE = 200


class PrivacySection(SettingsSection):
    """What is set holds at once."""

    TITLE = Phrase("Privacy")
    ICON = "eye"

    def __init__(self, model: PrivacyViewModel, veil: VeilViewModel, proxy: ProxyViewModel) -> None:
        super().__init__()
        self._model, self._veil, self._proxy = model, veil, proxy
        self.add(self._make_proxy())
        self.add(self._make_names())
        self.add(self._make_pictures())
        self.add(self._make_media())
        self.add(self._make_search())
        self.add(self._make_amounts())
        self.add(self._make_mutes())

    def update_view(self) -> None:
        """What holds now."""
        model, proxy = self._model, self._proxy
        self.proxy.show_proxy(proxy.scope, proxy.place, proxy.words, proxy.said)
        self.names.show_value(model.name_server, model.said_of_names)
        self.pictures.choose(model.pictures)
        self.covers.setChecked(model.covers)
        self.amounts.setChecked(self._veil.by_hand)
        self.amounts_away.setChecked(self._veil.when_away)
        self.media.show_server(model.media_server, model.media_words)
        self.media_said.setText(model.said_of_media.text)
        self.media_said.setVisible(bool(model.said_of_media.text))
        relays = [(url, url, "") for url in model.search_relays]
        self.relays.show_lines(relays, t("None yet"), model.said_of_relays)
        muted = [
            (one.mute, model.name_of(one.mute), self._note(is_private=one.is_private))
            for one in model.muted[:_MOST_SHOWN]
        ]
        self.mutes.show_lines(muted, t("Nothing is muted"), model.said_of_mutes)

    def _make_proxy(self) -> QWidget:
        group = SettingGroup(t("Tor, or another proxy"))
        group.add(
            t("What goes through the proxy"),
            None,
            t(
                "A SOCKS5 proxy such as Tor keeps your network address from those you connect to. "
                "Tor has to run already: TipDesk does not start it."
            ),
        )
        holder = QWidget()
        inner = column(holder, spacing=Space.SNUG)
        inner.setContentsMargins(Space.ROOM, Space.SNUG, Space.ROOM, Space.NEAR)
        self.proxy = ProxyBox()
        self.proxy.chosen.connect(self._proxy.choose)
        self.proxy.address_chosen.connect(self._proxy.use_address)
        inner.addWidget(self.proxy)
        group.add_widget(holder)
        return group

    def _make_names(self) -> QWidget:
        group = SettingGroup(t("Payment names"))
        group.add(
            t("Where payment names are looked up"),
            None,
            t(
                "The server learns whom you look up, and your network address unless a proxy "
                "keeps it. It cannot make up an answer: TipDesk checks every signature up to the "
                "root of the domain name system."
            ),
        )
        holder = QWidget()
        inner = column(holder, spacing=Space.SNUG)
        inner.setContentsMargins(Space.ROOM, Space.NEAR, Space.ROOM, Space.NEAR)
        self.names = ApplyLine(
            t("Address of a name server"),
            t("https://, or tcp:// and an IP address"),
            t("Use this name server"),
            most=_MOST_PLACE,
        )
        self.names.applied.connect(self._model.use_name_server)
        inner.addWidget(self.names)
        group.add_widget(holder)
        return group

    def _make_pictures(self) -> QWidget:
        group = SettingGroup(t("Pictures and covers"))
        self.pictures = Segments(
            t("Who may be asked for pictures"),
            {
                NOBODY: t("Nobody"),
                FOLLOWS: t("People you follow"),
                EVERYBODY: t("Everybody"),
            },
        )
        self.pictures.chosen.connect(self._model.set_pictures)
        note = t(
            "The server that holds a picture learns when you look, and your network address unless "
            "a proxy keeps it. A picture that is not asked for is shown as a frame: press it, or "
            "S, to see it."
        )
        group.add(t("Ask for pictures of"), None, note)
        holder = QWidget()
        line = row()
        line.setContentsMargins(Space.ROOM, Space.SNUG, Space.ROOM, Space.NEAR)
        holder.setLayout(line)
        line.addWidget(self.pictures)
        line.addStretch()
        group.add_widget(holder)
        self.covers = Switch(t("Cover sensitive posts"))
        self.covers.clicked.connect(lambda on: self._model.set_covers(on=on))
        group.add(
            t("Cover sensitive posts"),
            self.covers,
            t("What its author marked is covered, with the reason, until you lift it."),
        )
        return group

    def _make_media(self) -> QWidget:
        group = SettingGroup(t("Pictures you publish"))
        holder = QWidget()
        inner = column(holder, spacing=Space.SNUG)
        inner.setContentsMargins(Space.ROOM, Space.NEAR, Space.ROOM, Space.NEAR)
        self.media = MediaServerBox()
        self.media.chosen.connect(self._model.use_media_server)
        self.media_said = Text("", Type.SMALL, "bad", wrap=True)
        inner.addWidget(self.media)
        inner.addWidget(self.media_said)
        group.add_widget(holder)
        return group

    def _make_search(self) -> QWidget:
        group = SettingGroup(t("Search relays"))
        group.add(
            t("Relays asked to search"),
            None,
            t(
                "They learn what you search for. Relays of yours that say they can search are "
                "asked too; without any, only what is here already is searched."
            ),
        )
        self.relays = DropLines(
            t("Relay to search at"),
            "wss://",
            t("Add"),
            lambda name: t("Do not ask {relay} any more", relay=name),
        )
        self.relays.field.returnPressed.connect(self._add_relay)
        self.relays.button.clicked.connect(self._add_relay)
        self.relays.dropped.connect(self._model.drop_search_relay)
        group.add_widget(self.relays)
        return group

    def _make_amounts(self) -> QWidget:
        group = SettingGroup(t("Amounts"))
        self.amounts = Switch(t("Hide amounts"))
        self.amounts.clicked.connect(lambda on: self._veil.set_by_hand(on=on))
        group.add(
            t("Hide amounts"),
            self.amounts,
            t(
                "Dots stand for what you have, get and gave. Ctrl+H shows them; what you are "
                "about to pay is always shown."
            ),
        )
        self.amounts_away = Switch(t("Hide amounts while another program is in front"))
        self.amounts_away.clicked.connect(lambda on: self._veil.set_when_away(on=on))
        group.add(t("Hide them while another program is in front"), self.amounts_away)
        return group

    def _make_mutes(self) -> QWidget:
        group = SettingGroup(t("Muted"))
        group.add(
            t("Not shown in the feed, in threads, in searches"),
            None,
            t(
                "Kept in the private part of your mute list, which your other Nostr apps read. "
                "Tips that come in and alerts on your stream are not touched by it."
            ),
        )
        self.mutes = DropLines(
            t("Word or hashtag to mute"),
            t("A word, or #hashtag"),
            t("Mute"),
            lambda name: t("Show {name} again", name=name),
        )
        self.mutes.field.returnPressed.connect(self._mute)
        self.mutes.button.clicked.connect(self._mute)
        self.mutes.dropped.connect(self._model.unmute)
        group.add_widget(self.mutes)
        return group

    def _note(self, *, is_private: bool) -> str:
        return "" if is_private else t("public")

    def _add_relay(self) -> None:
        if self._model.add_search_relay(self.relays.field.text()):
            self.relays.field.clear()

    def _mute(self) -> None:
        if self._model.mute_typed(self.mutes.field.text()):
            self.mutes.field.clear()
