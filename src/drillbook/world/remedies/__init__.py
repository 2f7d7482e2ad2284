"""What can be done to deployments, pools and servers; other kinds of components bring their own remedies."""
