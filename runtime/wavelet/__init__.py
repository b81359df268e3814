"""The wavelet engine: every wavelet, queue, credit and link, cycle by cycle, with the real bits."""
