# This file is part of AVEC for Tryton.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"""Measure what the modules cost, as ratios that can be compared

Run as: python -m bench.  How the figures are taken and what they led to is
told in doc/performance.rst."""
