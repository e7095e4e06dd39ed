"""What numbers say of answers: classes, boxes, masks, and how sure each number is."""
