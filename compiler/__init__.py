"""The front door: WDL text to the nn dialect, the pipeline, the wsc command."""
