"""Differential privacy by subject: a table is measured with noise, and a stand-in takes its place.

Select, measure, generate (McKenna, Miklau and Sheldon 2021; Liu, Vietri and Wu 2021). What is trained is trained on the
stand-in alone, so that models, rows, reports and verdicts about it are post-processing: they cost no privacy.

1. `bounds` limits what one subject can add to a count;
2. `mechanism` adds the noise and keeps the account (OpenDP: discrete Gaussian, zero-concentrated privacy);
3. `measurements` says what is counted: names, links per subject, margins, pairs, verbs, times, amounts;
4. `denoising` finds the pairs' common factors in the noise;
5. `pseudo_links` draws subjects whose margins and pairs are the denoised ones;
6. `pseudo_rows` gives their links verbs, times and amounts; `stand_in` does all of it.
"""

from assoc_synth.privacy.mechanism import Promise, Wanted

__all__ = ["Promise", "Wanted"]
