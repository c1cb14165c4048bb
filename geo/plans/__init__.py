"""Where vans are meant to be: lines and stops, the days of a timetable, trips made from it."""
