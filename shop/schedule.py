"""What runs when. The rows are the truth; a task only looks at what is due."""
