"""The numbers of judgement, each with its reason. Metres, seconds, km/h."""

from typing import Final

# A fix that names no accuracy, or names 0, is taken to be this good.
UNKNOWN_ACCURACY_M: Final = 15.0
JUMP_KM_H: Final = 200.0
JUMP_NOISE_M: Final = 50.0
JUMPS_TO_ACCEPT: Final = 3
STANDING_KM_H: Final = 5.0

# The count rule removes single outliers, the time rule bursts of them at short intervals.
OFF_ROUTE_FIXES: Final = 3
OFF_ROUTE_S: Final = 60.0
BACK_SHARE: Final = 0.8  # of the corridor: who drives along its edge is told of once
BACK_FIXES: Final = 2
CRITICAL_CORRIDORS: Final = 3.0
CRITICAL_S: Final = 600.0
NOT_JUDGED_M: Final = 500.0  # around start, end, base and stops: villages have more than one street
UNKNOWN_GAP_S: Final = 300.0  # a longer silence says nothing of the road between
SEARCH_M: Final = 1000.0  # before and beyond where a van can be along its line
WRONG_WAY_M: Final = 2000.0
WRONG_WAY_S: Final = 300.0
RIGHT_WAY_M: Final = 500.0  # forward again for this long: the right way

ARRIVE_FIXES: Final = 2
ARRIVE_S: Final = 60.0
WORST_ACCURACY_M: Final = 50.0  # a worse one would keep a van out of its stop for ever
PASSED_S: Final = 180.0  # a shorter stay is no visit
LEAVE_SHARE: Final = 1.3  # of the radius
LEAVE_FIXES: Final = 2
LEAVE_S: Final = 120.0
GUESSED_KM_H: Final = 60.0  # to say when a van left that was not heard on its way
EARLY_S: Final = 600.0
LATE_S: Final = 900.0
START_WITHIN_S: Final = 900.0  # before the planned start a van may still fetch fuel

STAY_M: Final = 80.0
STAY_S: Final = 600.0
STANDS_S: Final = 180.0
STAY_AWAY_M: Final = 300.0  # from stops and base
NO_PROGRESS_M: Final = 60.0
NO_PROGRESS_S: Final = 480.0
NO_PROGRESS_DRIVEN_M: Final = 300.0  # who stands is told of by the rule for stops

LOST_S: Final = 900.0
PARKED_SPARE_S: Final = 600.0  # beyond the interval that a parked device reports at
DEAD_ZONE_SILENCES: Final = 3
DEAD_ZONE_CELL_DEG: Final = 0.05

OVERSPEED_FIXES: Final = 2
OVERSPEED_S: Final = 10.0
AWAY_M: Final = 300.0  # from where a van was parked
AWAY_FIXES: Final = 3
PARKED_AGAIN_S: Final = 600.0
POWER_LOST_V: Final = 1.0
POWER_V: Final = 6.0

ETA_KM_H: Final = 50.0
SECTION_M: Final = 5000.0
SECTION_MIN_M: Final = 500.0
SECTION_PASSES: Final = 5
SHOW_EVERY_S: Final = 60.0  # of a van's time: how often a trip's progress is written

TRIP_OPENS_S: Final = 3600.0  # before its planned start
TRIP_CLOSES_S: Final = 3600.0  # after its planned end
TOO_LATE_S: Final = 900.0  # what is found out later than this sounds no alarm
