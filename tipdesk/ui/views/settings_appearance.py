"""Settings: theme, contrast, motion, language."""

from tipdesk.base.phrase import Phrase
from tipdesk.ui.i18n import LANGUAGES, t
from tipdesk.ui.viewmodels.appearance import AppearanceViewModel
from tipdesk.ui.views.settings_section import SettingsSection
from tipdesk.ui.widgets.segments import Segments
from tipdesk.ui.widgets.setting_group import SettingGroup


class AppearanceSection(SettingsSection):
    """What is set holds at once."""

    TITLE = Phrase("Appearance")
    ICON = "sun"

    def __init__(self, model: AppearanceViewModel) -> None:
        super().__init__()
        self._model = model
        look = SettingGroup(t("Look"))
        system = t("As the system")
        self.theme = Segments(
            t("Theme"), {"system": system, "light": t("Light"), "dark": t("Dark")}
        )
        self.theme.chosen.connect(model.set_theme)
        look.add(t("Theme"), self.theme)
        self.contrast = Segments(
            t("Contrast"), {"system": system, "normal": t("Normal"), "high": t("High")}
        )
        self.contrast.chosen.connect(model.set_contrast)
        look.add(t("Contrast"), self.contrast, t("High: edges drawn, nothing pale."))
        self.motion = Segments(t("Motion"), {"full": t("Full"), "reduced": t("Reduced")})
        self.motion.chosen.connect(model.set_motion)
        look.add(t("Motion"), self.motion, t("Reduced: lists jump and nothing flies."))
        self.add(look)
        words = SettingGroup(t("Words"))
        self.language = Segments(t("Language"), {"": system, **LANGUAGES})
        self.language.chosen.connect(model.set_language)
        words.add(t("Language"), self.language)
        self.add(words)

    def update_view(self) -> None:
        """What holds now."""
        self.theme.choose(self._model.theme)
        self.contrast.choose(self._model.contrast)
        self.motion.choose(self._model.motion)
        self.language.choose(self._model.language)
