"""What people do in a review: one function a gesture, one transaction each."""
