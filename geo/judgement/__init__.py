"""What a van did, judged from its fixes in the order of their time; pure."""
