"""What comes in from outside: cameras become recordings and live media, GPS devices positions."""
