"""The pages: the demo, the widget's frame, the kiosk, the public answers, and the files they load."""
