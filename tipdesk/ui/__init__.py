"""LAYER 11: the window. Screens show; they do not know.

Order inside (checked by the import contract): `main` > `views` > `widgets` > `viewmodels` >
`theme`, `format` and `loop`. Qt's widgets are known to `views`, `widgets`, `main` and `loop` only.
"""
