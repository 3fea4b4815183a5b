"""What guards the whole portal: headers on every answer, and what the policy refused."""
