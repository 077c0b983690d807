"""The frame and its pages: widgets laid out over one view model each."""
