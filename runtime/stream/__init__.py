"""The stream engine: a message along a route as one event, exact without a clock, for whole wafers."""
