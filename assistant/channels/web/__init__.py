"""The website widget's and the kiosk's channel."""
